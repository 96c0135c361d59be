package worker

import (
	"fmt"
	"runtime"
	"syscall"
	"unsafe"

	"github.com/elastic/go-seccomp-bpf"
	"github.com/elastic/go-seccomp-bpf/arch"
	"golang.org/x/net/bpf"
	"golang.org/x/sys/unix"
)

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

// machineOffset is where the kernel gives a filter the machine that a call is meant for.
// Source: struct seccomp_data in linux/seccomp.h.
const machineOffset = 4

// callFilter is the program by which the kernel judges each call: EPERM for those that are refused, ENOSYS for those of
// another machine than this program is made for. The library lets the latter through, and a 64-bit kernel takes them from
// 32-bit code: by them a script that runs code of its own would get round the list.
func callFilter() ([]bpf.Instruction, error) {
	machine, err := arch.GetInfo("")
	if err != nil {
		return nil, err
	}
	var known []string
	for _, name := range refusedCalls() {
		if _, ok := machine.SyscallNames[name]; ok {
			known = append(known, name)
		}
	}
	policy := seccomp.Policy{
		DefaultAction: seccomp.ActionAllow,
		Syscalls:      []seccomp.SyscallGroup{{Names: known, Action: seccomp.ActionErrno}},
	}
	calls, err := policy.Assemble()
	if err != nil {
		return nil, err
	}
	return append([]bpf.Instruction{
		bpf.LoadAbsolute{Off: machineOffset, Size: 4},
		bpf.JumpIf{Cond: bpf.JumpEqual, Val: uint32(machine.ID), SkipTrue: 1},
		bpf.RetConstant{Val: unix.SECCOMP_RET_ERRNO | uint32(unix.ENOSYS)},
	}, calls...), nil
}

// filterCalls has the kernel refuse calls, in every thread, for the rest of the process's life.
func filterCalls() error {
	if !seccomp.Supported() {
		return fmt.Errorf("seccomp: %w", syscall.ENOSYS)
	}
	instructions, err := callFilter()
	if err != nil {
		return fmt.Errorf("seccomp: %w", err)
	}
	raw, err := bpf.Assemble(instructions)
	if err != nil {
		return fmt.Errorf("seccomp: %w", err)
	}
	filter := make([]unix.SockFilter, len(raw))
	for i, at := range raw {
		filter[i] = unix.SockFilter{Code: at.Op, Jt: at.Jt, Jf: at.Jf, K: at.K}
	}
	if err := seccomp.SetNoNewPrivs(); err != nil {
		return fmt.Errorf("seccomp: %w", err)
	}
	program := unix.SockFprog{Len: uint16(len(filter)), Filter: &filter[0]}
	_, _, errno := unix.Syscall(unix.SYS_SECCOMP, unix.SECCOMP_SET_MODE_FILTER, unix.SECCOMP_FILTER_FLAG_TSYNC, uintptr(unsafe.Pointer(&program)))
	runtime.KeepAlive(filter)
	if errno != 0 {
		return fmt.Errorf("seccomp: %w", errno)
	}
	return nil
}
