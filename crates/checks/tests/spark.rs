//! The program in `integrations/spark` on a cluster with two executors, each a process of its own: its report and its
//! state have the bytes of one process, also after a task fails and an executor is killed.

use std::fs::{self, Permissions};
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use checks::python::{has, interpreter, python};
use checks::skip::is_skipped;
use checks::{REPOSITORY, program};
use tempfile::TempDir;

const SPLITS: usize = 16;

/// Options of all runs. Percentiles, exact visitors, pairs and samples of malformed lines must merge, too.
const QUESTION: [&str; 4] = ["--by", "hour", "--top", "path,ip,agent/path"];

/// A directory with a log, and Spark's home, because executors keep their files there.
struct Cluster {
    directory: TempDir,
    log: Vec<u8>,
}

impl Cluster {
    /// `None` if Spark or Java is not installed.
    fn new() -> Option<Cluster> {
        let java = Command::new("java").arg("-version").output().is_ok_and(|output| output.status.success());
        let reason =
            "Spark needs PySpark and Java (pip install pyspark==4.0.0; apt-get install openjdk-17-jre-headless)";
        if is_skipped(java && has("pyspark"), reason) {
            return None;
        }
        let directory = tempfile::tempdir().unwrap();
        let printed = python(&["-c", "import pyspark; print(pyspark.__path__[0])"]).unwrap().stdout;
        let installed = PathBuf::from(String::from_utf8(printed).unwrap().trim());
        fs::create_dir(directory.path().join("spark")).unwrap();
        for entry in fs::read_dir(installed).unwrap() {
            let entry = entry.unwrap();
            if entry.file_name() != "work" {
                symlink(entry.path(), directory.path().join("spark").join(entry.file_name())).unwrap();
            }
        }
        let log =
            loggen::Traffic { lines: 4_200, times: true, malformed: 0.002, ..loggen::Traffic::default() }.to_vec();
        fs::write(directory.path().join("access.log"), &log).unwrap();
        Some(Cluster { directory, log })
    }

    fn path(&self, name: &str) -> String {
        self.directory.path().join(name).to_str().unwrap().to_owned()
    }

    fn read(&self, name: &str) -> Vec<u8> {
        fs::read(self.directory.path().join(name)).unwrap()
    }

    /// Bytes of a split. The log is a little shorter than `SPLITS` of them.
    fn split_size(&self) -> usize {
        self.log.len().div_ceil(SPLITS)
    }

    /// Runs the program with `logstat` as the program that travels with `--files`.
    fn submit(&self, logstat: &Path, conf: &[&str], arguments: &[&str]) -> Output {
        let home = self.directory.path().join("spark");
        let local = self.directory.path().join("local");
        let mut submit = Command::new(home.join("bin/spark-submit"));
        submit.args(["--master", "local-cluster[2,1,512]", "--conf", "spark.executor.memory=512m"]);
        submit.args(["--conf", "spark.ui.enabled=false"]);
        submit.args(conf.iter().flat_map(|conf| ["--conf", conf]));
        submit.arg("--files").arg(logstat).arg(format!("{REPOSITORY}/integrations/spark/logstat_spark.py"));
        submit.args(arguments).arg("--").args(QUESTION);
        submit.env("SPARK_HOME", home).env("SPARK_LOCAL_DIRS", local).env("SPARK_LOCAL_IP", "127.0.0.1");
        submit.env("PYSPARK_PYTHON", interpreter()).current_dir(self.directory.path());
        submit.output().unwrap()
    }

    /// Output of one process.
    fn logstat(&self, arguments: &[&str]) -> Vec<u8> {
        let mut logstat = Command::new(program());
        let output =
            logstat.args(arguments).args(QUESTION).current_dir(self.directory.path()).env_clear().output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        output.stdout
    }
}

/// Members of a report that depend on how the inputs are named and read.
const ABOUT_INPUTS: [&str; 3] = ["inputs", "notes", "warnings"];

/// A report as JSON without these members, with all other bytes as they are.
fn without(members: &[&str], report: &[u8]) -> String {
    let mut report = std::str::from_utf8(report).unwrap().to_owned();
    for member in members.iter().map(|member| format!("\"{member}\":[")) {
        let begin = report.find(&member).unwrap_or_else(|| panic!("no {member}: {report}"));
        let mut list =
            serde_json::Deserializer::from_str(&report[begin + member.len() - 1..]).into_iter::<serde_json::Value>();
        assert!(list.next().unwrap().unwrap().is_array());
        let end = begin + member.len() - 1 + list.byte_offset();
        report.replace_range(begin..end, "");
    }
    report
}

fn text(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr)
}

#[test]
fn readme_lists_every_option() {
    let [program, readme] = ["logstat_spark.py", "README.md"]
        .map(|name| fs::read_to_string(format!("{REPOSITORY}/integrations/spark/{name}")).unwrap());
    let options: Vec<_> = program.split("    add(\"--").skip(1).map(|rest| rest.split('"').next().unwrap()).collect();
    assert!(options.len() >= 4, "{options:?}");
    for option in options {
        assert!(readme.contains(&format!("\n| `--{option}")), "--{option}");
    }
}

#[test]
fn cluster_with_failures_gives_the_bytes_of_one_process() {
    let Some(cluster) = Cluster::new() else { return };
    let size = cluster.split_size();
    let cuts = (1..SPLITS).map(|cut| cut * size);
    assert!(cuts.clone().all(|cut| cluster.log[cut - 1] != b'\n'), "a cut must fall inside a line");

    let accidents = cluster.directory.path().join("logstat");
    let occurred = cluster.path("occurred");
    fs::create_dir(&occurred).unwrap();
    let script = include_str!("spark/accidents.sh")
        .replace("@LOGSTAT@", program())
        .replace("@OCCURRED@", &occurred)
        .replace("@FAILED@", &(3 * size).to_string())
        .replace("@KILLED@", &(9 * size).to_string());
    fs::write(&accidents, script).unwrap();
    fs::set_permissions(&accidents, Permissions::from_mode(0o755)).unwrap();

    let log = cluster.path("access.log");
    let output = cluster.submit(
        &accidents,
        &[],
        &["--split", &size.to_string(), "--state", "spark.state", "--report", "spark.json", &log],
    );
    assert!(output.status.success(), "{}", text(&output));
    let mut names: Vec<_> = fs::read_dir(occurred).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    names.sort();
    assert_eq!(names, ["executor-killed-while-counting", "executor-killed-while-merging", "failed-task"]);

    cluster.logstat(&[&log, "--source", &log, "--save", "one.state"]);
    assert_eq!(cluster.read("spark.json"), cluster.logstat(&["one.state", "--json"]));
    assert!(cluster.read("spark.state") == cluster.read("one.state"), "the states differ");
    let [spark, one] = [cluster.read("spark.json"), cluster.logstat(&[&log, "--json"])];
    assert_eq!(without(&ABOUT_INPUTS, &spark), without(&ABOUT_INPUTS, &one));
}

#[test]
fn lines_that_spark_reads_give_the_report_of_one_process() {
    let Some(cluster) = Cluster::new() else { return };
    let log = cluster.path("access.log");
    let size = format!("spark.sql.files.maxPartitionBytes={}", cluster.split_size());
    let output = cluster.submit(
        Path::new(program()),
        &[&size, "spark.sql.files.openCostInBytes=0"],
        &["--lines", "--report", "spark.json", &format!("file://{log}")],
    );
    assert!(output.status.success(), "{}", text(&output));
    // Samples have the names of files and the numbers of lines, which Spark does not pass on.
    let members = [&ABOUT_INPUTS[..], &["malformed_samples"]].concat();
    let [spark, one] = [cluster.read("spark.json"), cluster.logstat(&[&log, "--json"])];
    assert_eq!(without(&members, &spark), without(&members, &one));
}
