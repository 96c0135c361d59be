package pathcause_test

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"testing"

	"github.com/cbscript/cbscript/client/pathcause"
)

func TestOf(t *testing.T) {
	other := errors.New("other")
	for _, test := range []struct {
		name      string
		err, want error
	}{
		{"one file", &fs.PathError{Op: "open", Path: "/a", Err: fs.ErrNotExist}, fs.ErrNotExist},
		{"two files", &os.LinkError{Op: "rename", Old: "/a", New: "/b", Err: fs.ErrExist}, fs.ErrExist},
		{"inside another", fmt.Errorf("tried: %w", &fs.PathError{Op: "open", Path: "/a", Err: fs.ErrPermission}), fs.ErrPermission},
		{"no file", other, other},
		{"nothing", nil, nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got := pathcause.Of(test.err); got != test.want {
				t.Errorf("got %v, want %v", got, test.want)
			}
		})
	}
}
