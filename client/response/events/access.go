package events

import (
	"fmt"
	"strings"
)

// Access is the set of rights that were asked for on a process or a thread, as Windows encodes them.
//
// Source: contract/events.md, A.6.
type Access int64

// right is a named right.
type right struct {
	bits Access
	name string
}

// rights are the names of single bits, in the order in which they are written.
func rights() []right {
	return []right{
		{0x100000, "SYNCHRONIZE"},
		{0x080000, "WRITE_OWNER"},
		{0x040000, "WRITE_DAC"},
		{0x020000, "READ_CONTROL"},
		{0x010000, "DELETE"},
		{0x0001, "PROCESS_TERMINATE"},
		{0x0002, "PROCESS_CREATE_THREAD"},
		{0x0004, "PROCESS_SET_SESSIONID"},
		{0x0008, "PROCESS_VM_OPERATION"},
		{0x0010, "PROCESS_VM_READ"},
		{0x0020, "PROCESS_VM_WRITE"},
		{0x0040, "PROCESS_DUP_HANDLE"},
		{0x0080, "PROCESS_CREATE_PROCESS"},
		{0x0100, "PROCESS_SET_QUOTA"},
		{0x0200, "PROCESS_SET_INFORMATION"},
		{0x0400, "PROCESS_QUERY_INFORMATION"},
		{0x0800, "PROCESS_SUPEND_RESUME"}, // spelt as the reference does, for scripts that compare it
		{0x1000, "PROCESS_QUERY_LIMITED_INFORMATION"},
	}
}

// wholes are the names of sets, which are written when they are exactly what was asked for.
func wholes() []right {
	return []right{
		{0x1FFFFF, "PROCESS_ALL_ACCESS"},
		{0x1F0000, "STANDARD_RIGHTS_ALL"},
		{0x0F0000, "STANDARD_RIGHTS_REQUIRED"},
		{0x020000, "STANDARD_RIGHTS_READ"},
	}
}

// String is the name of the whole set if it has one, and otherwise the names of its rights with " | " between them; bits without a
// name are left out, and no rights give the empty text.
func (a Access) String() string {
	for _, whole := range wholes() {
		if a == whole.bits {
			return whole.name
		}
	}
	var names []string
	for _, r := range rights() {
		if a&r.bits != 0 {
			names = append(names, r.name)
		}
	}
	return strings.Join(names, " | ")
}

// HasPermission reports whether a right was asked for, or all rights of a named set. The error is an [*UnknownPermissionError].
func (a Access) HasPermission(name string) (bool, error) {
	for _, r := range append(rights(), wholes()...) {
		if r.name == name {
			return a&r.bits == r.bits, nil
		}
	}
	return false, &UnknownPermissionError{Name: name}
}

// HasPermissions reports whether all of the rights were asked for. The error is an [*UnknownPermissionError], also for a name
// behind one that was not asked for.
func (a Access) HasPermissions(names ...string) (bool, error) {
	all := true
	for _, name := range names {
		has, err := a.HasPermission(name)
		if err != nil {
			return false, err
		}
		all = all && has
	}
	return all, nil
}

// UnknownPermissionError says that there is no right of that name.
type UnknownPermissionError struct{ Name string }

// Error quotes the name and lists those that exist.
func (e *UnknownPermissionError) Error() string {
	names := make([]string, 0, 24)
	for _, r := range append(rights(), wholes()...) {
		names = append(names, r.name)
	}
	return fmt.Sprintf("unknown permission %q: want one of %s", e.Name, strings.Join(names, ", "))
}
