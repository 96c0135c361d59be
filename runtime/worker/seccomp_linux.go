//go:build amd64 || arm64

package worker

import (
	"fmt"
	"runtime"
	"slices"
	"unsafe"

	"golang.org/x/sys/unix"
)

// refusedCalls are the system calls that a worker has no use for, whatever the script does: connections, programs, other
// processes, changes of files, and ways round this filter.
func refusedCalls() []uint32 {
	return append(oldCalls(),
		unix.SYS_SOCKET, unix.SYS_SOCKETPAIR, unix.SYS_CONNECT, unix.SYS_BIND, unix.SYS_LISTEN, unix.SYS_ACCEPT, unix.SYS_ACCEPT4,
		unix.SYS_SENDMSG, unix.SYS_SENDMMSG, unix.SYS_RECVMSG, unix.SYS_RECVMMSG,
		unix.SYS_EXECVE, unix.SYS_EXECVEAT, unix.SYS_PTRACE, unix.SYS_PROCESS_VM_READV, unix.SYS_PROCESS_VM_WRITEV, unix.SYS_PROCESS_MADVISE, unix.SYS_KCMP,
		unix.SYS_KILL, unix.SYS_TKILL, unix.SYS_RT_SIGQUEUEINFO, unix.SYS_RT_TGSIGQUEUEINFO, unix.SYS_PIDFD_OPEN, unix.SYS_PIDFD_GETFD, unix.SYS_PIDFD_SEND_SIGNAL,
		unix.SYS_MKDIRAT, unix.SYS_UNLINKAT, unix.SYS_RENAMEAT, unix.SYS_RENAMEAT2, unix.SYS_LINKAT, unix.SYS_SYMLINKAT, unix.SYS_MKNODAT,
		unix.SYS_FCHMOD, unix.SYS_FCHMODAT, unix.SYS_FCHMODAT2, unix.SYS_FCHOWN, unix.SYS_FCHOWNAT, unix.SYS_TRUNCATE, unix.SYS_UTIMENSAT,
		unix.SYS_SETXATTR, unix.SYS_LSETXATTR, unix.SYS_FSETXATTR, unix.SYS_REMOVEXATTR, unix.SYS_LREMOVEXATTR, unix.SYS_FREMOVEXATTR,
		unix.SYS_OPEN_BY_HANDLE_AT, unix.SYS_NAME_TO_HANDLE_AT, unix.SYS_OPENAT2,
		unix.SYS_MOUNT, unix.SYS_UMOUNT2, unix.SYS_MOVE_MOUNT, unix.SYS_FSOPEN, unix.SYS_FSMOUNT, unix.SYS_FSCONFIG, unix.SYS_OPEN_TREE, unix.SYS_PIVOT_ROOT,
		unix.SYS_CHROOT, unix.SYS_CHDIR, unix.SYS_FCHDIR, unix.SYS_SETNS, unix.SYS_UNSHARE,
		unix.SYS_IO_URING_SETUP, unix.SYS_IO_URING_ENTER, unix.SYS_IO_URING_REGISTER, unix.SYS_BPF, unix.SYS_PERF_EVENT_OPEN, unix.SYS_USERFAULTFD,
		unix.SYS_MEMFD_CREATE, unix.SYS_MEMFD_SECRET, unix.SYS_KEYCTL, unix.SYS_ADD_KEY, unix.SYS_REQUEST_KEY,
		unix.SYS_INIT_MODULE, unix.SYS_FINIT_MODULE, unix.SYS_DELETE_MODULE, unix.SYS_KEXEC_LOAD, unix.SYS_KEXEC_FILE_LOAD,
		unix.SYS_REBOOT, unix.SYS_SWAPON, unix.SYS_SWAPOFF, unix.SYS_INOTIFY_INIT1, unix.SYS_FANOTIFY_INIT,
		unix.SYS_SHMGET, unix.SYS_SHMAT, unix.SYS_MSGGET, unix.SYS_MSGSND, unix.SYS_MSGRCV, unix.SYS_SEMGET, unix.SYS_MQ_OPEN,
		unix.SYS_SETUID, unix.SYS_SETGID, unix.SYS_SETREUID, unix.SYS_SETREGID, unix.SYS_SETRESUID, unix.SYS_SETRESGID, unix.SYS_SETGROUPS, unix.SYS_CAPSET,
		unix.SYS_PERSONALITY, unix.SYS_ACCT, unix.SYS_QUOTACTL, unix.SYS_SYSLOG, unix.SYS_SETHOSTNAME, unix.SYS_SETDOMAINNAME,
		unix.SYS_SETTIMEOFDAY, unix.SYS_CLOCK_SETTIME, unix.SYS_ADJTIMEX, unix.SYS_CLOCK_ADJTIME)
}

// Where the kernel gives a filter what it is to judge.
// Source: struct seccomp_data in linux/seccomp.h.
const (
	callOffset    = 0
	machineOffset = 4
)

// verdict is what the kernel answers to the calls from a number up to the next verdict's.
type verdict struct{ from, answer uint32 }

const (
	allow   = unix.SECCOMP_RET_ALLOW
	refuse  = unix.SECCOMP_RET_ERRNO | uint32(unix.EPERM)
	unknown = unix.SECCOMP_RET_ERRNO | uint32(unix.ENOSYS)
)

// verdicts gives the answers to all numbers, in order.
func verdicts() []verdict {
	numbers := refusedCalls()
	slices.Sort(numbers)
	all := []verdict{{0, allow}}
	for _, number := range numbers {
		if last := len(all) - 1; all[last].from == number {
			all = all[:last] // the one before is refused, too
		} else {
			all = append(all, verdict{number, refuse})
		}
		all = append(all, verdict{number + 1, allow})
	}
	if foreignCalls != 0 {
		all = append(all, verdict{foreignCalls, unknown})
	}
	return all
}

const (
	load    = unix.BPF_LD | unix.BPF_W | unix.BPF_ABS
	isEqual = unix.BPF_JMP | unix.BPF_JEQ | unix.BPF_K
	isFrom  = unix.BPF_JMP | unix.BPF_JGE | unix.BPF_K
	answer  = unix.BPF_RET | unix.BPF_K
)

// callFilter is the program by which the kernel judges each call: EPERM for those that are refused, ENOSYS for those of
// another machine than this program is made for, as a 64-bit kernel takes them from a 32-bit program.
func callFilter() []unix.SockFilter {
	return search([]unix.SockFilter{
		{Code: load, K: machineOffset},
		{Code: isEqual, K: machine, Jt: 1},
		{Code: answer, K: unknown},
		{Code: load, K: callOffset},
	}, verdicts())
}

// search adds a binary search for the verdict: the kernel tries every number once when it takes the filter, so that a
// list that is looked through from its beginning takes twice as long to load.
func search(program []unix.SockFilter, among []verdict) []unix.SockFilter {
	if len(among) == 1 {
		return append(program, unix.SockFilter{Code: answer, K: among[0].answer})
	}
	middle, at := len(among)/2, len(program)
	program = append(program, unix.SockFilter{Code: isFrom, K: among[middle].from})
	program = search(program, among[:middle])
	program[at].Jt = uint8(len(program) - at - 1)
	return search(program, among[middle:])
}

// filterCalls has the kernel refuse them, in every thread, for the rest of the process's life.
func filterCalls() error {
	if err := unix.Prctl(unix.PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0); err != nil {
		return fmt.Errorf("seccomp: %w", err)
	}
	filter := callFilter()
	program := unix.SockFprog{Len: uint16(len(filter)), Filter: &filter[0]}
	_, _, errno := unix.Syscall(unix.SYS_SECCOMP, unix.SECCOMP_SET_MODE_FILTER, unix.SECCOMP_FILTER_FLAG_TSYNC, uintptr(unsafe.Pointer(&program)))
	runtime.KeepAlive(filter)
	if errno != 0 {
		return fmt.Errorf("seccomp: %w", errno)
	}
	return nil
}
