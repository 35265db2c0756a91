//! The facts about nginx that the model rests on, by name. Tests turn single ones round, to see that it shows.

/// A fact that shows in an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Fact {
    /// A `types` block at an inner level replaces the inherited table.
    TypesReplace,
    /// `types` blocks of one level merge, and the last entry wins.
    TypesMerge,
    /// What is written after an inner block holds in it too.
    OrderIsNothing,
    /// Without any table, only html, gif and jpg are known.
    BuiltInTypes,
    /// `default_type` is text/plain, is inherited apart from the table, and holds only for unknown extensions.
    DefaultType,
    /// An empty table makes everything the default type.
    EmptyTable,
    /// The extension is the URI's, not the file's.
    ExtensionOfUri,
    /// Only what follows the last dot counts, and a name that begins with it has no extension.
    LastDot,
    /// Extensions are compared without regard to case.
    CaseOfExtension,
    /// `try_files` and `index` change the URI, so that the type follows the target.
    TypeFollowsTarget,
    /// `return` with a text is typed by the URI's extension.
    ReturnIsTyped,
    /// The type of a passed request is the upstream's.
    UpstreamTypes,
    /// `charset` is added to six types only.
    CharsetTypes,
    /// `alias` replaces the matched prefix, letter by letter.
    AliasIsTextual,
    /// In a location with a regular expression `alias` is the whole path.
    AliasOfRegex,
    /// A regular expression goes before a longer prefix, unless that has `^~`.
    RegexFirst,
    /// The last argument of `try_files` is a URI, also with `alias`.
    FallbackIsUri,
    /// `add_header` of an inner level drops all inherited ones.
    HeadersReplace,
    /// `proxy_pass` with a variable and a URI sends every request to that URI.
    VariableCollapses,
    /// A fallback answers with its own status and type, whatever was asked for.
    FallbackAnswers,
    /// A redirect of nginx's own is text/html, and an error page has the type of its file.
    PagesHaveTheirType,
}

impl Fact {
    /// Every one.
    pub const ALL: [Self; 21] = [
        Self::TypesReplace,
        Self::TypesMerge,
        Self::OrderIsNothing,
        Self::BuiltInTypes,
        Self::DefaultType,
        Self::EmptyTable,
        Self::ExtensionOfUri,
        Self::LastDot,
        Self::CaseOfExtension,
        Self::TypeFollowsTarget,
        Self::ReturnIsTyped,
        Self::UpstreamTypes,
        Self::CharsetTypes,
        Self::AliasIsTextual,
        Self::AliasOfRegex,
        Self::RegexFirst,
        Self::FallbackIsUri,
        Self::HeadersReplace,
        Self::VariableCollapses,
        Self::FallbackAnswers,
        Self::PagesHaveTheirType,
    ];
}

/// nginx's behaviour; [`Default`] is what it really does.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Semantics {
    inverted: Option<Fact>,
}

impl Semantics {
    /// What nginx would be like if one fact were not so.
    #[doc(hidden)]
    pub fn without(fact: Fact) -> Self {
        Self { inverted: Some(fact) }
    }

    pub(crate) fn has(self, fact: Fact) -> bool {
        self.inverted != Some(fact)
    }
}
