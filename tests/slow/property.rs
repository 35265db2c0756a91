//! The properties of which the inner loop checks a share, checked in full, and texts that are long, deep, or slow to read.

use crate::compose::hostile;
use crate::property::mutation::Amount;
use crate::property::{
    compose_meaning, dockerfile_syntax, importing, nginx_syntax, requests, stack_syntax, yaml_syntax,
};

#[test]
fn a_hundred_thousand_mutilated_stack_files_are_read_and_printed() {
    stack_syntax::check_many(Amount::All);
}

#[test]
fn a_hundred_thousand_mutilated_dockerfiles_are_read_and_printed() {
    dockerfile_syntax::check_many(Amount::All);
}

#[test]
fn a_hundred_thousand_mutilated_texts_of_yaml_are_read_and_printed() {
    yaml_syntax::check_many(Amount::All);
}

#[test]
fn a_hundred_thousand_mutilated_configurations_are_printed_as_they_were_and_some_are_linted() {
    nginx_syntax::check_many(Amount::All);
}

#[test]
fn thousands_of_mutilated_compose_files_are_read() {
    compose_meaning::check_many(Amount::All);
}

#[test]
fn thousands_of_mutilated_projects_are_imported() {
    importing::check_many(Amount::All);
}

#[test]
fn thousands_of_mutilated_configurations_are_answered() {
    requests::check_many(Amount::All);
}

#[test]
fn yaml_that_is_made_to_be_slow_or_deep_is_read() {
    yaml_syntax::texts_made_to_be_slow_or_deep_are_read();
}

#[test]
fn configurations_that_are_made_to_be_slow_or_deep_are_read_in_time() {
    nginx_syntax::texts_made_to_be_slow_or_deep_are_read_in_time();
    nginx_syntax::long_lines_and_deep_blocks_are_read();
}

#[test]
fn every_hostile_text_in_every_place_is_read_as_it_was_meant() {
    crate::reread::check_hostile_texts(1);
}

#[test]
fn large_compose_files_that_repeat_or_are_wrong_everywhere_are_told_of_in_few_words() {
    hostile::what_many_services_extend_is_not_repeated_without_end();
    hostile::a_large_file_of_mistakes_is_told_of_in_few_words();
}
