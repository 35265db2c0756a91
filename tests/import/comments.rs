//! Comments of compose files stay with what they belong to.

use super::project::stack_of;

#[test]
fn what_was_put_aside_stays_where_it_was() {
    let compose = "\
services:
  php:
    image: php:8.4-fpm
    volumes:
      - ./:/srv
#      - ./cache:/cache
#    ports:
#      - 9000:9000
  # The front
  web:
    image: nginx:1.30
#  mail:
#    image: mailpit:1
  queue:
    image: redis:8
";
    let expected = "\
defaults plain

service php {
  image php:8.4-fpm
  mount ./ at /srv
  #      - ./cache:/cache
  #    ports:
  #      - 9000:9000
}

# The front
service web { image nginx:1.30 }

#  mail:
#    image: mailpit:1
service queue { image redis:8 }
";
    assert_eq!(stack_of(compose), expected);
}

#[test]
fn a_list_that_becomes_words_keeps_its_comments() {
    let compose = "\
x-paths:
  - a
  - b
  # - c

services:
  web:
    image: nginx:1.30
";
    let expected = "\
defaults plain

x-paths a b
# - c

service web { image nginx:1.30 }
";
    assert_eq!(stack_of(compose), expected);
}
