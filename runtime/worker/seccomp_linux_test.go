package worker

import (
	"encoding/binary"
	"slices"
	"testing"

	"github.com/elastic/go-seccomp-bpf/arch"
	"golang.org/x/net/bpf"
	"golang.org/x/sys/unix"
)

// TestCallFilter runs the program that the kernel is given over every number of a call.
func TestCallFilter(t *testing.T) {
	const (
		allow   = unix.SECCOMP_RET_ALLOW
		refuse  = unix.SECCOMP_RET_ERRNO | int(unix.EPERM)
		unknown = unix.SECCOMP_RET_ERRNO | int(unix.ENOSYS)
	)
	instructions, err := callFilter()
	if err != nil {
		t.Fatal(err)
	}
	vm, err := bpf.NewVM(instructions)
	if err != nil {
		t.Fatal(err)
	}
	own, err := arch.GetInfo("")
	if err != nil {
		t.Fatal(err)
	}
	judge := func(machine arch.Info, number uint32) int {
		var call [64]byte // the virtual machine loads as from a network
		binary.BigEndian.PutUint32(call[:], number)
		binary.BigEndian.PutUint32(call[machineOffset:], uint32(machine.ID))
		got, err := vm.Run(call[:])
		if err != nil {
			t.Fatal(err)
		}
		return got
	}
	refused := 0
	for number := range uint32(1024) {
		name, want := own.SyscallNumbers[int(number)], allow
		if slices.Contains(refusedCalls(), name) {
			refused++
			want = refuse
		}
		if got := judge(*own, number); got != want {
			t.Errorf("%d %s: got %#x, want %#x", number, name, got, want)
		}
	}
	if refused < 90 {
		t.Errorf("%d calls are refused, want most of the list", refused)
	}
	for _, foreign := range []arch.Info{*arch.I386, *arch.X86_64, *arch.ARM, *arch.AARCH64} {
		if foreign.ID == own.ID {
			continue
		}
		for _, name := range []string{"read", "execve", "connect"} {
			if got := judge(foreign, uint32(foreign.SyscallNames[name])); got != unknown {
				t.Errorf("%s of %s: got %#x, want %#x", name, foreign.Name, got, unknown)
			}
		}
	}
}
