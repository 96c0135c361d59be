package winerror_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strconv"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/cbscript/cbscript/client/liveresponse/winerror"
)

func TestOf(t *testing.T) {
	for _, test := range []struct {
		value uint32
		want  winerror.Code
		text  string
		shown string
	}{
		{0x80070057, winerror.Code{0x80070057, winerror.Win32, "ERROR_INVALID_PARAMETER"}, "invalid parameter", "Win32 error code 0x80070057 (ERROR_INVALID_PARAMETER)"},
		{0x80070005, winerror.Code{0x80070005, winerror.Win32, "ERROR_ACCESS_DENIED"}, "access denied", "Win32 error code 0x80070005 (ERROR_ACCESS_DENIED)"},
		{0x80070002, winerror.Code{0x80070002, winerror.Win32, "ERROR_FILE_NOT_FOUND"}, "file not found", "Win32 error code 0x80070002 (ERROR_FILE_NOT_FOUND)"},
		{0x80004005, winerror.Code{0x80004005, winerror.HRESULT, "E_FAIL"}, "fail", "Win32 error code 0x80004005 (HRESULT E_FAIL)"},
		{0xc0000022, winerror.Code{0xc0000022, winerror.NTSTATUS, "STATUS_ACCESS_DENIED"}, "access denied", "Win32 error code 0xC0000022 (NTSTATUS STATUS_ACCESS_DENIED)"},
		{0xd0000022, winerror.Code{0xd0000022, winerror.NTSTATUS, "STATUS_ACCESS_DENIED"}, "access denied", "Win32 error code 0xD0000022 (NTSTATUS STATUS_ACCESS_DENIED)"},
		{0x8007fffe, winerror.Code{0x8007fffe, winerror.Win32, ""}, "", "Win32 error code 0x8007FFFE"},
		{0x8fffffff, winerror.Code{0x8fffffff, winerror.HRESULT, ""}, "", "Win32 error code 0x8FFFFFFF"},
	} {
		got := winerror.Of(test.value)
		if diff := cmp.Diff(test.want, got); diff != "" {
			t.Errorf("%#x: -want +got:\n%s", test.value, diff)
		}
		if got.Text() != test.text || got.String() != test.shown {
			t.Errorf("%#x: %q and %q, want %q and %q", test.value, got.Text(), got, test.text, test.shown)
		}
	}
}

// TestReference holds that every code which the reference client names has the same name here.
func TestReference(t *testing.T) {
	text, err := os.ReadFile("../../../../shared/contract/fields/win32-errors.json")
	if errors.Is(err, fs.ErrNotExist) {
		t.Skip("the contract is not here")
	}
	if err != nil {
		t.Fatal(err)
	}
	var file struct{ Names map[string]string }
	if err := json.Unmarshal(text, &file); err != nil || len(file.Names) < 1000 {
		t.Fatalf("%d names, %v", len(file.Names), err)
	}
	for number, want := range file.Names {
		n, err := strconv.ParseUint(number, 10, 16)
		if err != nil {
			t.Fatal(err)
		}
		if got := winerror.Of(0x80070000 | uint32(n)).Symbol; got != want {
			t.Errorf("%s is %q, want %q", number, got, want)
		}
	}
}

func FuzzOf(f *testing.F) {
	f.Add(uint32(0x80070005))
	f.Add(uint32(0xffffffff))
	f.Fuzz(func(t *testing.T, value uint32) {
		if got := winerror.Of(value); got.Value != value || got.String() == "" || got.Space == "" {
			t.Errorf("%#x gives %#v", value, got)
		}
	})
}

func ExampleOf() {
	fmt.Println(winerror.Of(0x80070005))
	// Output: Win32 error code 0x80070005 (ERROR_ACCESS_DENIED)
}

func BenchmarkOf(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		winerror.Of(0x80070005)
	}
}
