package worker

import "golang.org/x/sys/unix"

// The machine that a call is judged for. From foreignCalls on are the calls of programs with 32-bit pointers, the same ones
// by other numbers.
const (
	machine      = unix.AUDIT_ARCH_X86_64
	foreignCalls = 0x40000000
)

// oldCalls are the refused calls that only old machines have.
func oldCalls() []uint32 {
	return []uint32{
		unix.SYS_FORK, unix.SYS_VFORK, unix.SYS_CREAT, unix.SYS_MKDIR, unix.SYS_RMDIR, unix.SYS_UNLINK, unix.SYS_RENAME, unix.SYS_LINK, unix.SYS_SYMLINK,
		unix.SYS_MKNOD, unix.SYS_CHMOD, unix.SYS_CHOWN, unix.SYS_LCHOWN, unix.SYS_UTIME, unix.SYS_UTIMES, unix.SYS_INOTIFY_INIT, unix.SYS_IOPL, unix.SYS_IOPERM,
	}
}
