//! Memory limits of this process: machine, control groups and address space.

use std::fs;
use std::path::{Path, PathBuf};

/// Bytes that tables may use, from the strictest limit; `None` if the system reports no limit.
pub(crate) fn limit() -> Option<u64> {
    least(Path::new("/"), address_space())
}

/// The minimum of three quarters of each memory limit and a third of the address space, in bytes. A third, because a
/// growing table reserves up to three times the memory that it uses.
fn least(root: &Path, address_space: Option<u64>) -> Option<u64> {
    let of_memory = limits(root).map(|bytes| bytes / 4 * 3);
    of_memory.chain(address_space.map(|bytes| bytes / 3)).min()
}

/// True if the address space is limited; mapped files would use it up.
pub(crate) fn is_address_space_limited() -> bool {
    address_space().is_some()
}

/// The limit of the address space, in bytes.
fn address_space() -> Option<u64> {
    #[cfg(unix)]
    return rlimit::Resource::AS.get_soft().ok().filter(|bytes| *bytes != rlimit::INFINITY);
    #[cfg(not(unix))]
    None
}

/// All memory limits, in bytes, found in the files below `root`.
fn limits(root: &Path) -> impl Iterator<Item = u64> {
    let machine = read(&root.join("proc/meminfo")).and_then(|text| machine_bytes(&text));
    let groups = read(&root.join("proc/self/cgroup")).unwrap_or_default();
    let files = groups.lines().flat_map(|line| limit_files(root, line)).collect::<Vec<_>>();
    // Without a limit, a control group reports `max` or a number larger than any machine's memory.
    let of_groups = files.into_iter().filter_map(|file| read(&file)?.trim().parse().ok());
    machine.into_iter().chain(of_groups)
}

/// Parses `MemTotal:       24684084 kB` into bytes.
fn machine_bytes(text: &str) -> Option<u64> {
    let total = text.lines().find_map(|line| line.strip_prefix("MemTotal:"))?;
    total.trim().strip_suffix("kB")?.trim().parse::<u64>().ok()?.checked_mul(1024)
}

/// Files that may hold the limit of a control group or of one of its parents: `0::/user.slice/a` is version 2,
/// `4:memory:/docker/a` version 1. In a container the mount itself may be the group.
fn limit_files(root: &Path, line: &str) -> Vec<PathBuf> {
    let mut fields = line.splitn(3, ':').skip(1);
    let (Some(controllers), Some(group)) = (fields.next(), fields.next()) else { return Vec::new() };
    let (mounts, file) = match controllers {
        "" => (["sys/fs/cgroup", "sys/fs/cgroup/unified"], "memory.max"),
        _ if controllers.split(',').any(|name| name == "memory") => {
            (["sys/fs/cgroup/memory", "sys/fs/cgroup"], "memory.limit_in_bytes")
        }
        _ => return Vec::new(),
    };
    let group = Path::new(group.trim_start_matches('/'));
    let of_mount = |mount: &str| {
        let mount = root.join(mount);
        group.ancestors().map(move |group| mount.join(group).join(file)).collect::<Vec<_>>()
    };
    mounts.into_iter().flat_map(of_mount).collect()
}

fn read(path: &Path) -> Option<String> {
    fs::read_to_string(path).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    const GIB: u64 = 1 << 30;

    /// Paths and contents of files.
    type Files<'f> = &'f [(&'f str, &'f str)];

    /// Bytes that tables may use on a system with these files.
    fn limit(files: Files<'_>, address_space: Option<u64>) -> Option<u64> {
        let root = tempfile::tempdir().unwrap();
        for (path, text) in files {
            let path = root.path().join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        least(root.path(), address_space)
    }

    #[test]
    fn smallest_limit_wins() {
        let machine = ("proc/meminfo", "MemTotal:       4194304 kB\nMemFree: 5 kB\n");
        let version_2 = ("proc/self/cgroup", "0::/system.slice/cron.service\n");
        let version_1 = ("proc/self/cgroup", "5:devices:/a\n4:cpu,memory:/docker/a\n0::/\n");
        let rows: [(Files<'_>, Option<u64>, Option<u64>); 10] = [
            (&[], None, None),
            (&[machine], None, Some(3 * GIB)),
            (&[machine], Some(3 * GIB), Some(GIB)),
            (&[], Some(3 * GIB), Some(GIB)),
            (&[machine, version_2, ("sys/fs/cgroup/system.slice/memory.max", "2147483648\n")], None, Some(3 * GIB / 2)),
            (
                &[machine, version_2, ("sys/fs/cgroup/system.slice/cron.service/memory.max", "max\n")],
                None,
                Some(3 * GIB),
            ),
            (&[machine, version_2, ("sys/fs/cgroup/memory.max", "1073741824\n")], None, Some(GIB / 4 * 3)),
            (
                &[machine, version_1, ("sys/fs/cgroup/memory/docker/a/memory.limit_in_bytes", "1073741824\n")],
                None,
                Some(GIB / 4 * 3),
            ),
            (
                &[machine, version_1, ("sys/fs/cgroup/memory/memory.limit_in_bytes", "9223372036854771712\n")],
                None,
                Some(3 * GIB),
            ),
            (&[("proc/meminfo", "nonsense"), ("proc/self/cgroup", "nonsense\n0\n")], None, None),
        ];
        for (files, address_space, expected) in rows {
            assert_eq!(limit(files, address_space), expected, "{files:?}");
        }
    }

    #[test]
    fn limits_of_parent_control_groups_apply() {
        let files = limit_files(Path::new("/"), "0::/a/b");
        let expected = ["a/b/memory.max", "a/memory.max", "memory.max"];
        assert!(files[..3].iter().zip(expected).all(|(file, end)| *file == Path::new("/sys/fs/cgroup").join(end)));
        assert!(limit_files(Path::new("/"), "5:devices:/a").is_empty());
    }
}
