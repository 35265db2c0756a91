//! A thousand stack files with one to twelve mistakes each.

#[test]
fn every_mistake_in_a_thousand_files_is_reported_where_it_was_made_and_nothing_else_is() {
    crate::mutator::stack::check_files(1000);
}
