//! `stackc completions` and `stackc man`, as bash and groff read them.

use std::fs;

use super::{DEMO, Desk, Said};

/// What bash offers for a line whose last word is being typed.
fn offered(desk: &Desk, line: &str) -> Vec<String> {
    // As readline does it: the function that `complete` names is given the words and answers in COMPREPLY; where it
    // has nothing, and says so with `-o bashdefault -o default`, files are offered.
    let script = r#"
        eval "$("$1" completions bash)"
        read -ra COMP_WORDS <<<"$2"
        [[ $2 != *" " ]] || COMP_WORDS+=("")
        COMP_CWORD=$((${#COMP_WORDS[@]} - 1)) COMP_LINE=$2 COMP_POINT=${#2} COMPREPLY=()
        specification=$(complete -p stackc)
        [[ $specification == *" -F "* ]] || exit 9
        function=${specification#* -F } function=${function%% *}
        "$function" stackc "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD - 1]}"
        if [[ ${#COMPREPLY[@]} -eq 0 && $specification == *"-o default"* ]]; then
          compgen -f -- "${COMP_WORDS[COMP_CWORD]}"
        else
          printf '%s\n' "${COMPREPLY[@]}"
        fi"#;
    let said = super::said(
        desk.command("bash", &["--norc", "-c", script, "bash", super::STACKC, line]).output().unwrap(),
    );
    assert_eq!((said.code, said.err.as_str()), (0, ""), "{line}");
    said.out.lines().map(str::to_owned).collect()
}

#[test]
fn bash_completes_commands_options_and_files() {
    let desk = Desk::with("app.stack", DEMO);
    assert_eq!(offered(&desk, "stackc bu"), ["build"]);
    assert_eq!(offered(&desk, "stackc build --ch"), ["--check"]);
    assert_eq!(offered(&desk, "stackc build ap"), ["app.stack"]);
    assert_eq!(offered(&desk, "stackc lint --w"), ["--warn", "--write-baseline", "--watch"]);
    assert_eq!(offered(&desk, "stackc fmt --st"), ["--stdin-filename"]);
    assert_eq!(offered(&desk, "stackc lint --format ju"), ["junit"]);
    assert_eq!(offered(&desk, "stackc secret in"), ["init"]);
    assert_eq!(offered(&desk, "stackc completions z"), ["zsh"]);
    let commands = offered(&desk, "stackc ");
    for command in
        ["build", "lint", "fmt", "explain", "trace", "mime", "secret", "doctor", "completions", "man"]
    {
        assert!(commands.iter().any(|offered| offered == command), "{command} is missing in {commands:?}");
    }
}

#[test]
fn every_shell_has_its_script() {
    let desk = Desk::empty();
    for (shell, sign) in [
        ("bash", "complete -F _stackc"),
        ("elvish", "edit:completion:arg-completer[stackc]"),
        ("fish", "complete -c stackc"),
        ("powershell", "Register-ArgumentCompleter -Native -CommandName 'stackc'"),
        ("zsh", "#compdef stackc"),
    ] {
        let said = desk.run(&["completions", shell]);
        assert_eq!((said.code, said.err.as_str()), (0, ""), "{shell}");
        assert!(said.out.contains(sign) && said.out.contains("completions"), "{shell}: {}", said.out);
    }
    let said = desk.run(&["completions", "tcsh"]);
    assert_eq!((said.code, said.out.as_str()), (3, ""));
    assert!(said.err.contains("[possible values: bash, elvish, fish, powershell, zsh]"), "{}", said.err);
}

/// A page as groff sets it, which has nothing to complain of.
fn set(desk: &Desk, page: &str) -> String {
    let script = "groff -man -Tutf8 -ww -rLL=100n -P-c -P-b -P-u \"$2\"";
    let said: Said =
        super::said(desk.command("sh", &["-c", script, "sh", super::STACKC, page]).output().unwrap());
    assert_eq!((said.code, said.err.as_str()), (0, ""), "{page}");
    said.out
}

#[test]
fn the_manual_page_says_what_the_exit_codes_and_the_files_are() {
    let desk = Desk::empty();
    let said = desk.run(&["man"]);
    assert_eq!((said.code, said.err.as_str()), (0, ""));
    desk.write("stackc.1", &said.out);
    let page = set(&desk, "stackc.1");
    for line in [
        "stackc(1)                                   stackc manual                                  stackc(1)\n",
        "EXIT STATUS\n       0      done\n\n       1      findings, differences, or files that are not overwritten\n",
        "       4      the system failed\n\nFILES\n       *.stack\n",
        "       .stackc-manifest.json\n",
        "stackc-build(1)\n",
        "stackc-explain(1)\n",
    ] {
        assert!(page.contains(line), "{line:?} is missing in\n{page}");
    }
}

#[test]
fn every_command_has_a_page() {
    let desk = Desk::empty();
    let names: Vec<String> = [
        "",
        "-build",
        "-lint",
        "-fmt",
        "-import",
        "-diff",
        "-explain",
        "-trace",
        "-mime",
        "-secret",
        "-secret-init",
        "-doctor",
        "-completions",
        "-man",
    ]
    .iter()
    .map(|name| format!("stackc{name}.1"))
    .collect();
    let wrote = names.iter().map(|name| format!("wrote pages/man1/{name}\n")).collect::<Vec<_>>().concat();
    desk.run(&["man", "-o", "pages/man1"]).says(&wrote);
    desk.run(&["man", "-o", "pages/man1"]).says(&wrote);
    assert_eq!(fs::read_dir(desk.path("pages/man1")).unwrap().count(), names.len());
    for name in names {
        let page = set(&desk, &format!("pages/man1/{name}"));
        assert!(page.contains("\nNAME\n") && page.contains("\nSYNOPSIS\n"), "{page}");
    }
    assert!(set(&desk, "pages/man1/stackc-build.1").contains("--check\n"));
    desk.write("taken", "mine\n");
    let said = desk.run(&["man", "-o", "taken"]);
    assert_eq!((said.code, said.out.as_str()), (4, ""));
    assert!(said.err.starts_with("error: cannot make the folder `taken`: "), "{}", said.err);
}
