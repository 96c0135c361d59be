package worker

import (
	"fmt"
	"os"
	"strconv"
	"strings"
	"syscall"

	"github.com/elastic/go-seccomp-bpf"
	"github.com/elastic/go-seccomp-bpf/arch"
	"github.com/landlock-lsm/go-landlock/landlock"
	"golang.org/x/sys/unix"
)

// zones are the folders in which Go looks for time zones, the only files that a worker may read.
func zones() []string {
	return []string{"/usr/share/zoneinfo", "/usr/share/lib/zoneinfo", "/usr/lib/locale/TZ", "/etc/zoneinfo"}
}

// Confine takes from this process what a worker has no use for: files but those of time zones, the network, other
// processes. It gives what the kernel could not refuse, a line for each; the process goes on without it.
func Confine() []string {
	var lacking []string
	if err := closeInherited(); err != nil {
		lacking = append(lacking, "files that the worker was started with stay open: "+err.Error())
	}
	if err := landlock.V8.BestEffort().Restrict(landlock.RODirs(zones()...).IgnoreIfMissing()); err != nil {
		lacking = append(lacking, "the kernel does not refuse the worker files: "+err.Error())
	} else if version, err := landlockVersion(); err != nil {
		lacking = append(lacking, "the kernel does not refuse the worker files: Landlock: "+err.Error())
	} else if version < 4 {
		lacking = append(lacking, fmt.Sprintf("the kernel's Landlock is of version %d: it refuses files, and not all else", version))
	}
	if err := filterCalls(); err != nil {
		lacking = append(lacking, "the kernel does not refuse the worker the network and other processes: "+err.Error())
	}
	return lacking
}

// landlockVersion asks the kernel.
func landlockVersion() (int, error) {
	version, _, errno := syscall.Syscall(unix.SYS_LANDLOCK_CREATE_RULESET, 0, 0, unix.LANDLOCK_CREATE_RULESET_VERSION)
	if errno != 0 {
		return 0, errno
	}
	return int(version), nil
}

// refusedCalls are the system calls that a worker has no use for, whatever the script does: connections, programs, other
// processes, changes of files, and ways round this filter.
func refusedCalls() []string {
	return []string{
		"socket", "socketpair", "connect", "bind", "listen", "accept", "accept4", "sendmsg", "sendmmsg", "recvmsg", "recvmmsg",
		"execve", "execveat", "fork", "vfork", "ptrace", "process_vm_readv", "process_vm_writev", "process_madvise", "kcmp",
		"kill", "tkill", "rt_sigqueueinfo", "rt_tgsigqueueinfo", "pidfd_open", "pidfd_getfd", "pidfd_send_signal",
		"creat", "mkdir", "mkdirat", "rmdir", "unlink", "unlinkat", "rename", "renameat", "renameat2", "link", "linkat", "symlink", "symlinkat",
		"mknod", "mknodat", "chmod", "fchmod", "fchmodat", "fchmodat2", "chown", "fchown", "lchown", "fchownat", "truncate", "utime", "utimes", "utimensat",
		"setxattr", "lsetxattr", "fsetxattr", "removexattr", "lremovexattr", "fremovexattr", "open_by_handle_at", "name_to_handle_at", "openat2",
		"mount", "umount2", "move_mount", "fsopen", "fsmount", "fsconfig", "open_tree", "pivot_root", "chroot", "chdir", "fchdir", "setns", "unshare",
		"io_uring_setup", "io_uring_enter", "io_uring_register", "bpf", "perf_event_open", "userfaultfd", "memfd_create", "memfd_secret",
		"keyctl", "add_key", "request_key", "init_module", "finit_module", "delete_module", "kexec_load", "kexec_file_load", "reboot", "swapon", "swapoff",
		"inotify_init", "inotify_init1", "fanotify_init", "shmget", "shmat", "msgget", "msgsnd", "msgrcv", "semget", "mq_open",
		"setuid", "setgid", "setreuid", "setregid", "setresuid", "setresgid", "setgroups", "capset", "personality", "acct", "quotactl", "syslog",
		"sethostname", "setdomainname", "settimeofday", "clock_settime", "adjtimex", "clock_adjtime", "iopl", "ioperm",
	}
}

// filterCalls has the kernel refuse them, in every thread, for the rest of the process's life.
func filterCalls() error {
	if !seccomp.Supported() {
		return fmt.Errorf("seccomp: %w", syscall.ENOSYS)
	}
	machine, err := arch.GetInfo("")
	if err != nil {
		return err
	}
	known := make([]string, 0, len(refusedCalls()))
	for _, name := range refusedCalls() {
		if _, ok := machine.SyscallNames[name]; ok {
			known = append(known, name)
		}
	}
	return seccomp.LoadFilter(seccomp.Filter{NoNewPrivs: true, Flag: seccomp.FilterFlagTSync, Policy: seccomp.Policy{
		DefaultAction: seccomp.ActionAllow,
		Syscalls:      []seccomp.SyscallGroup{{Names: known, Action: seccomp.ActionErrno}},
	}})
}

// addressSpace is how many bytes of address space this process has, 0 when the kernel does not say. What it has at the
// start is Go's own and the interpreter's, several gigabytes that hold nothing.
func addressSpace() int64 {
	text, err := os.ReadFile("/proc/self/statm")
	if err != nil {
		return 0
	}
	pages, _, _ := strings.Cut(string(text), " ")
	n, err := strconv.ParseInt(pages, 10, 64)
	if err != nil {
		return 0
	}
	return n * int64(os.Getpagesize())
}

// limitAddressSpace bounds the address space of this process.
func limitAddressSpace(size int64) error {
	return unix.Setrlimit(unix.RLIMIT_AS, &unix.Rlimit{Cur: uint64(size), Max: uint64(size)})
}
