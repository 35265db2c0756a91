//! Texts with mistakes in them: the same ones in every run.

/// Numbers that look random and are the same in every run.
pub(crate) struct Numbers(pub(crate) u64);

impl Numbers {
    /// A number below `limit`.
    pub(crate) fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 >> 33).expect("31 bits") % limit.max(1)
    }

    /// A place between two characters.
    pub(crate) fn place(&mut self, text: &str) -> usize {
        let mut at = self.below(text.len() + 1);
        while !text.is_char_boundary(at) {
            at -= 1;
        }
        at
    }

    /// A stretch of at most `most` bytes.
    pub(crate) fn stretch(&mut self, text: &str, most: usize) -> std::ops::Range<usize> {
        let start = self.place(text);
        let mut end = (start + self.below(most) + 1).min(text.len());
        while !text.is_char_boundary(end) {
            end += 1;
        }
        start..end
    }

    /// Changes a text in one place, with one of `shreds` or with pieces of its own.
    pub(crate) fn mutate(&mut self, text: &mut String, shreds: &[&str]) {
        match self.below(8) {
            0 | 1 => {
                let stretch = self.stretch(text, 4);
                text.replace_range(stretch, "");
            }
            2..=4 => {
                let at = self.place(text);
                text.insert_str(at, shreds[self.below(shreds.len())]);
            }
            5 => {
                let stretch = self.stretch(text, 20);
                let copy = text[stretch].to_owned();
                let at = self.place(text);
                text.insert_str(at, &copy);
            }
            6 => {
                let (first, second) = (self.stretch(text, 8), self.stretch(text, 8));
                if first.end <= second.start {
                    let swapped =
                        [&text[second.clone()], &text[first.end..second.start], &text[first.clone()]]
                            .concat();
                    text.replace_range(first.start..second.end, &swapped);
                }
            }
            _ => {
                let kept = self.stretch(text, text.len());
                *text = text[kept].to_owned();
            }
        }
    }
}

/// How many mutilated texts of a language are checked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Amount {
    /// What the inner loop has time for.
    Share,
    /// The first of which are those of the inner loop.
    All,
}

impl Amount {
    /// So many of `all`.
    pub(crate) fn of(self, all: usize) -> usize {
        match self {
            Amount::Share => all / 20,
            Amount::All => all,
        }
    }
}

/// Checks 100,000 texts or a share of them, each made of one of `texts`, or of a window of `window` bytes in it, by up to
/// four changes.
pub(crate) fn check_mutilated(
    amount: Amount,
    (texts, shreds): (&[&str], &[&str]),
    window: usize,
    check: impl Fn(&str),
) {
    let mut numbers = Numbers(0x5eed_0f57_ac4c_0001);
    for round in 0..amount.of(100_000) {
        let base = texts[round % texts.len()];
        let stretch = if window < base.len() { numbers.stretch(base, window) } else { 0..base.len() };
        let mut text = base[stretch].to_owned();
        for _ in 0..=numbers.below(4) {
            numbers.mutate(&mut text, shreds);
        }
        check(&text);
    }
}

/// Checks `count` texts that are nothing but shreds.
pub(crate) fn check_shredded(shreds: &[&str], count: usize, check: impl Fn(&str)) {
    let mut numbers = Numbers(0x0ddc_0ffe_e0dd_f00d);
    for _ in 0..count {
        let text: String = (0..numbers.below(14)).map(|_| shreds[numbers.below(shreds.len())]).collect();
        check(&text);
    }
}
