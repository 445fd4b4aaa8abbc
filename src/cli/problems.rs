//! Messages about inputs that cannot be read. For many problems of one kind, they become shorter, then just a count.

use logstat::{Error, ErrorKind, FileKind};

use super::wording;

/// Up to this many refusals of one kind are printed with sample and advice; further ones take one line each.
const IN_FULL: usize = 3;
/// Up to this many problems of one kind are listed; further ones are only counted.
const LISTED: usize = 10;

/// Problems that many inputs may have for the same reason.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Group {
    Foreign(FileKind),
    Denied,
}

fn group(problem: &ErrorKind) -> Option<Group> {
    match problem {
        ErrorKind::NotAccessLog { kind, .. } => Some(Group::Foreign(*kind)),
        ErrorKind::Io { source, .. } if source.kind() == std::io::ErrorKind::PermissionDenied => Some(Group::Denied),
        _ => None,
    }
}

/// Returns the messages about these problems, in the same order.
pub(super) fn messages(problems: &[Error]) -> Vec<String> {
    let groups: Vec<_> = problems.iter().map(|problem| group(problem.kind())).collect();
    let mut messages = Vec::new();
    for (i, (problem, group)) in problems.iter().zip(&groups).enumerate() {
        let full = wording::error(problem);
        let Some(group) = group else {
            messages.push(full);
            continue;
        };
        let is_same = |other: &&Option<Group>| other.as_ref() == Some(group);
        let (before, all) = (groups[..i].iter().filter(is_same).count(), groups.iter().filter(is_same).count());
        if before < LISTED {
            let line = full.lines().next().unwrap_or_default().to_owned();
            messages.push(if all > IN_FULL { line } else { full });
        } else if before == LISTED {
            let what = match group {
                Group::Foreign(kind) => kind.name(),
                Group::Denied => "permission denied",
            };
            messages.push(format!("and {} more: {what}", all - LISTED));
        }
    }
    messages
}

#[cfg(test)]
mod tests {
    use logstat::{Engine, Input, Question, count};

    use super::*;

    fn refused(number: usize) -> Vec<String> {
        let line = "2026/01/05 10:00:00 [error] 7#7: *1 open() \"/x\" failed (2: No such file or directory)\n";
        let inputs = (0..number).map(|i| Input::reader(format!("{i}.log"), line.as_bytes())).collect();
        messages(&count(&Question::default(), inputs, &Engine::default()).unwrap().problems)
    }

    #[test]
    fn many_problems_of_one_kind_are_summarised() {
        assert!(refused(3).iter().all(|message| message.lines().count() == 3));
        assert_eq!(refused(4)[3], "3.log is an nginx error log, not an access log");
        let many = refused(12);
        assert_eq!(many.len(), 11);
        assert_eq!(many[10], "and 2 more: an nginx error log");
    }
}
