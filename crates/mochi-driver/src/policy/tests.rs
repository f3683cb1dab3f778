//! Paths against bounds, on real files.

use std::fs;
use std::io::{Read, Write};

use super::*;

/// A folder of its own, removed at the end: `inside/` is the root, `outside.txt` is beyond it.
struct World(PathBuf);

impl World {
    fn new(name: &str) -> World {
        let path = std::env::temp_dir().join(format!("mochi-policy-{name}-{}", std::process::id()));
        let _ = fs::remove_dir_all(&path);
        fs::create_dir_all(path.join("inside/sub")).expect("a temporary folder");
        fs::write(path.join("inside/a.txt"), "a").expect("a file");
        fs::write(path.join("outside.txt"), "secret").expect("a file");
        World(path)
    }
    fn bound(&self) -> Policy {
        let access = Access { root: Some(self.0.join("inside")), ..Access::default() };
        Policy::new(&access, self.0.clone()).expect("a root")
    }
    fn free(&self) -> Policy {
        Policy::new(&Access::default(), self.0.clone()).expect("no root")
    }
    fn text(&self, path: &str) -> String {
        fs::read_to_string(self.0.join(path)).unwrap_or_default()
    }
}

impl Drop for World {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn read(policy: &Policy, path: &str) -> Result<String, io::ErrorKind> {
    let mut text = String::new();
    let mut file = policy.open_read(Path::new(path)).map_err(|e| e.kind())?;
    file.read_to_string(&mut text).map_err(|e| e.kind())?;
    Ok(text)
}

fn write(policy: &Policy, path: &str, text: &str) -> Result<(), io::ErrorKind> {
    let mut file = policy.open_write(Path::new(path)).map_err(|e| e.kind())?;
    file.write_all(text.as_bytes()).map_err(|e| e.kind())?;
    file.commit().map_err(|e| e.kind())
}

const REFUSED: io::ErrorKind = io::ErrorKind::PermissionDenied;

#[test]
fn areas_are_denied_by_name() {
    let access = Access { denied: vec![Area::Files, Area::Network], root: None };
    let policy = Policy::new(&access, PathBuf::new()).expect("no root");
    let error = policy.open_read(Path::new("x")).expect_err("denied");
    assert_eq!(error.to_string(), "denied by `--deny-fs`");
    assert!(policy.allow(Area::Network).is_err());
    assert!(policy.allow(Area::Commands).is_ok());
    assert!(Area::ALL.iter().all(|&area| Area::from_name(area.name()) == Some(area)));
}

#[test]
fn a_root_binds_paths() {
    let world = World::new("paths");
    let policy = world.bound();
    assert_eq!(read(&policy, "a.txt").as_deref(), Ok("a"));
    assert_eq!(read(&policy, "./sub/../a.txt").as_deref(), Ok("a"));
    assert_eq!(read(&policy, "../outside.txt"), Err(REFUSED));
    assert_eq!(read(&policy, "sub/../../outside.txt"), Err(REFUSED));
    let absolute = world.0.join("inside/a.txt");
    assert_eq!(read(&policy, &absolute.to_string_lossy()), Err(REFUSED));
    assert_eq!(read(&policy, "missing.txt"), Err(io::ErrorKind::NotFound));
    assert_eq!(write(&policy, "../outside.txt", "x"), Err(REFUSED));
    assert_eq!(write(&policy, "sub/new.txt", "x"), Ok(()));
    assert_eq!(world.text("inside/sub/new.txt"), "x");
    assert_eq!(world.text("outside.txt"), "secret");
    assert!(policy.allow(Area::Commands).is_err());
}

#[cfg(unix)]
#[test]
fn a_root_binds_links() {
    use std::os::unix::fs::symlink;
    let world = World::new("links");
    symlink("../outside.txt", world.0.join("inside/file")).expect("a link");
    symlink("..", world.0.join("inside/up")).expect("a link");
    symlink(&world.0, world.0.join("inside/absolute")).expect("a link");
    symlink("a.txt", world.0.join("inside/within")).expect("a link");
    let policy = world.bound();
    for path in ["file", "up/outside.txt", "absolute/outside.txt"] {
        assert_eq!(read(&policy, path), Err(REFUSED), "{path}");
        assert_eq!(write(&policy, path, "x"), Err(REFUSED), "{path}");
    }
    assert_eq!(write(&policy, "up/new.txt", "x"), Err(REFUSED));
    assert_eq!(world.text("outside.txt"), "secret");
    if cfg!(target_os = "linux") {
        assert_eq!(read(&policy, "within").as_deref(), Ok("a"));
    }
}

/// The way without `openat2`.
#[cfg(unix)]
#[test]
fn walking_refuses_links_and_going_up() {
    use rustix::fs::{Mode, OFlags};
    let world = World::new("walk");
    std::os::unix::fs::symlink("..", world.0.join("inside/up")).expect("a link");
    let flags = OFlags::RDONLY | OFlags::DIRECTORY;
    let root = rustix::fs::open(world.0.join("inside"), flags, Mode::empty()).expect("a folder");
    let walk = |path: &str| {
        folder::walk(&root, Path::new(path), OFlags::RDONLY).map(|_| ()).map_err(|error| error.kind())
    };
    assert_eq!(walk("./a.txt"), Ok(()));
    assert_eq!(walk("sub"), Ok(()));
    for path in ["up", "up/outside.txt", "../outside.txt", "sub/../a.txt", "/etc/hosts"] {
        assert_eq!(walk(path), Err(REFUSED), "{path}");
    }
    assert_eq!(walk("missing/a.txt"), Err(io::ErrorKind::NotFound));
}

#[test]
fn the_old_file_stays_until_the_new_one_is_complete() {
    let world = World::new("replace");
    let policy = world.bound();
    let mut file = policy.open_write(Path::new("a.txt")).expect("a file");
    file.write_all(b"half").expect("room");
    file.flush().expect("room");
    assert_eq!(world.text("inside/a.txt"), "a");
    drop(file);
    assert_eq!(world.text("inside/a.txt"), "a");
    assert_eq!(fs::read_dir(world.0.join("inside")).expect("a folder").count(), 2);
    assert_eq!(write(&policy, "a.txt", "whole"), Ok(()));
    assert_eq!(world.text("inside/a.txt"), "whole");
    assert_eq!(write(&policy, "sub", "x"), Err(io::ErrorKind::IsADirectory));
    assert_eq!(write(&policy, "sub/", "x"), Err(io::ErrorKind::IsADirectory));
    assert_eq!(write(&policy, "none/x", "x"), Err(io::ErrorKind::NotFound));
}

#[cfg(unix)]
#[test]
fn replaced_files_keep_permissions_links_and_devices() {
    use std::os::unix::fs::{PermissionsExt, symlink};
    let world = World::new("keep");
    let policy = world.free();
    let at = |path: &str| world.0.join(path).to_string_lossy().into_owned();
    fs::set_permissions(at("inside/a.txt"), fs::Permissions::from_mode(0o600)).expect("a mode");
    symlink("a.txt", at("inside/link")).expect("a link");
    assert_eq!(write(&policy, &at("inside/link"), "through"), Ok(()));
    assert_eq!(world.text("inside/a.txt"), "through");
    assert!(fs::symlink_metadata(at("inside/link")).expect("a link").is_symlink());
    let mode = fs::metadata(at("inside/a.txt")).expect("a file").permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    assert_eq!(write(&policy, "/dev/null", "x"), Ok(()));
}

#[test]
fn the_module_root_comes_after_the_working_directory() {
    let world = World::new("module");
    let policy = Policy::new(&Access::default(), world.0.join("inside")).expect("no root");
    assert_eq!(read(&policy, "../../a.txt").as_deref(), Ok("a"));
    assert_eq!(read(&policy, "./a.txt").as_deref(), Ok("a"));
    assert_eq!(write(&policy, "../sub/b.txt", "b"), Ok(()));
    assert_eq!(world.text("inside/sub/b.txt"), "b");
}
