//! Keeps what stands in memory while keys are at hand out of files, and wipes what was put on the stack.
//!
//! What is read here is read without a buffer in between, into memory that is wiped. The stack is wiped from where a function that
//! had a key is done ([`wiped`]). Nothing here keeps the operating system from moving memory to a swap file, nor its own
//! administrator from looking.

use std::fs::File;
use std::io::{self, Read};

use zeroize::{Zeroize as _, Zeroizing};

/// How much of the stack is wiped, in bytes; signing and opening a key use less than a quarter of it.
const STACK: usize = 128 << 10;

/// Has this process leave no core dump, and keeps other programs of the same person from reading its memory.
///
/// What the system does not offer is passed over: the keys are of use without it.
pub fn keep_memory_private() {
    #[cfg(unix)]
    {
        use rustix::process::{Resource, Rlimit, setrlimit};
        let _ = setrlimit(Resource::Core, Rlimit { current: Some(0), maximum: Some(0) });
    }
    #[cfg(any(target_os = "linux", target_os = "android"))]
    {
        use rustix::process::{DumpableBehavior, set_dumpable_behavior};
        let _ = set_dumpable_behavior(DumpableBehavior::NotDumpable);
    }
}

/// Standard input without the buffer of the standard library, which is never wiped.
///
/// # Errors
/// If it is closed.
pub fn standard_input() -> io::Result<File> {
    #[cfg(unix)]
    {
        use std::os::fd::AsFd as _;
        Ok(File::from(io::stdin().as_fd().try_clone_to_owned()?))
    }
    #[cfg(windows)]
    {
        use std::os::windows::io::AsHandle as _;
        Ok(File::from(io::stdin().as_handle().try_clone_to_owned()?))
    }
}

/// Reads one line without its end, byte by byte: what stands behind it is left for others.
///
/// # Errors
/// If it cannot be read, is longer than `longest` bytes, or is no UTF-8.
pub fn read_line(source: &mut impl Read, longest: usize) -> io::Result<Zeroizing<String>> {
    // Never moved as it grows: a copy would stay behind.
    let mut line = Zeroizing::new(Vec::with_capacity(longest));
    let mut byte = Zeroizing::new([0]);
    while line.len() < longest && source.read(byte.as_mut_slice())? == 1 && byte[0] != b'\n' {
        line.push(byte[0]);
    }
    let text =
        std::str::from_utf8(&line).map_err(|_| io::Error::from(io::ErrorKind::InvalidData))?;
    Ok(Zeroizing::new(text.strip_suffix('\r').unwrap_or(text).to_owned()))
}

/// Does something with a key, and wipes the stack that it used.
pub(super) fn wiped<T>(work: impl FnOnce() -> T) -> T {
    let done = apart(work);
    wipe();
    done
}

#[inline(never)]
fn apart<T>(work: impl FnOnce() -> T) -> T {
    work()
}

#[inline(never)]
fn wipe() {
    let mut room = [0xa5_u8; STACK];
    room.zeroize();
    std::hint::black_box(&mut room);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_read_alone_and_whole() {
        let mut source = "a line \u{e9}\r\nanother\n".as_bytes();
        assert_eq!(*read_line(&mut source, 64).expect("a line"), "a line \u{e9}");
        assert_eq!(*read_line(&mut source, 64).expect("a line"), "another");
        assert_eq!(*read_line(&mut source, 64).expect("an end"), "");
        assert!(read_line(&mut &b"\xff\n"[..], 64).is_err());
        assert_eq!(read_line(&mut &b"four and more"[..], 4).expect("a line").as_str(), "four");
    }
}
