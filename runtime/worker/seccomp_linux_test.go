//go:build linux && (amd64 || arm64)

package worker

import (
	"slices"
	"testing"

	"golang.org/x/sys/unix"
)

// judge is what the kernel makes of a call by the filter.
func judge(t *testing.T, program []unix.SockFilter, machine, number uint32) uint32 {
	t.Helper()
	var loaded uint32
	for at := 0; at < len(program); at++ {
		jump := func(holds bool) {
			if holds {
				at += int(program[at].Jt)
			} else {
				at += int(program[at].Jf)
			}
		}
		switch op := program[at]; op.Code {
		case unix.BPF_LD | unix.BPF_W | unix.BPF_ABS:
			loaded = map[uint32]uint32{0: number, 4: machine}[op.K]
		case unix.BPF_JMP | unix.BPF_JEQ | unix.BPF_K:
			jump(loaded == op.K)
		case unix.BPF_JMP | unix.BPF_JGE | unix.BPF_K:
			jump(loaded >= op.K)
		case unix.BPF_RET | unix.BPF_K:
			return op.K
		default:
			t.Fatalf("instruction %d: %#x is not known", at, op.Code)
		}
	}
	t.Fatalf("call %d of %#x: the program has no end", number, machine)
	return 0
}

func TestCallFilter(t *testing.T) {
	program := callFilter()
	numbers := refusedCalls()
	if len(program) > 255 {
		t.Fatalf("%d instructions: a jump over more than 255 cannot be written", len(program))
	}
	for number := range uint32(1024) {
		want := uint32(allow)
		if slices.Contains(numbers, number) {
			want = refuse
		}
		if got := judge(t, program, machine, number); got != want {
			t.Errorf("call %d: got %#x, want %#x", number, got, want)
		}
	}
	if len(numbers) < 90 || !slices.Contains(numbers, unix.SYS_CONNECT) || !slices.Contains(numbers, unix.SYS_EXECVE) {
		t.Errorf("the list of refused calls is not whole: %v", numbers)
	}
	for _, foreign := range []uint32{0, unix.AUDIT_ARCH_I386, unix.AUDIT_ARCH_ARM, unix.AUDIT_ARCH_RISCV64} {
		for _, number := range []uint32{unix.SYS_READ, unix.SYS_EXECVE} {
			if got := judge(t, program, foreign, number); got != unknown {
				t.Errorf("call %d of machine %#x: got %#x, want %#x", number, foreign, got, unknown)
			}
		}
	}
	if machine == unix.AUDIT_ARCH_X86_64 {
		for _, number := range []uint32{0x40000000, 0x40000000 + unix.SYS_EXECVE, 0xffffffff} {
			if got := judge(t, program, machine, number); got != unknown {
				t.Errorf("call %#x: got %#x, want %#x", number, got, unknown)
			}
		}
	}
}
