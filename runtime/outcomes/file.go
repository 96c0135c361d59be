package outcomes

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/cbscript/cbscript/client/pathcause"
	"github.com/cbscript/cbscript/runtime/output"
)

// A FileError says that outcomes could not be written to a file.
type FileError struct {
	File string
	Err  error
}

// Error names the file and the cause.
func (e *FileError) Error() string {
	return fmt.Sprintf("cannot write the outcomes of the jobs to %s: %v", e.File, e.Err)
}

// Unwrap gives the cause.
func (e *FileError) Unwrap() error { return e.Err }

// Lines gives rows as JSON Lines.
func Lines(rows []output.Row) ([]byte, error) {
	var text bytes.Buffer
	lines, err := output.NewRows("jsonl", &text, output.Options{})
	if err != nil {
		return nil, err
	}
	for _, r := range rows {
		if err := lines.Write(r); err != nil {
			return nil, err
		}
	}
	return text.Bytes(), lines.Close()
}

// Replace writes a file for its owner alone, as a whole or not at all: what was in it before is gone. What is no plain
// file, such as a pipe, is written to. It fails with a [*FileError].
func Replace(file string, text []byte) error {
	info, err := os.Stat(file)
	if err == nil && !info.Mode().IsRegular() {
		return add(file, os.O_WRONLY, text)
	}
	if target, err := filepath.EvalSymlinks(file); err == nil {
		file = target
	}
	f, err := os.CreateTemp(filepath.Dir(file), "."+filepath.Base(file)+".*") // mode 0600
	if err != nil {
		return &FileError{file, pathcause.Of(err)}
	}
	_, err = f.Write(text)
	err = errors.Join(err, f.Sync(), f.Close())
	if err == nil {
		err = os.Rename(f.Name(), file)
	}
	if err != nil {
		_ = os.Remove(f.Name()) // the error that counts is the first
		return &FileError{file, pathcause.Of(err)}
	}
	return nil
}

// Append adds to a file, which is made for its owner alone, with its directory, when it is not there. Several processes
// may do so at once. It fails with a [*FileError].
func Append(file string, text []byte) error {
	if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
		return &FileError{file, pathcause.Of(err)}
	}
	return add(file, os.O_APPEND|os.O_CREATE|os.O_WRONLY, text)
}

// add writes text in one piece, so that lines of several processes do not mix.
func add(file string, flags int, text []byte) error {
	f, err := os.OpenFile(file, flags, 0o600)
	if err != nil {
		return &FileError{file, pathcause.Of(err)}
	}
	_, err = f.Write(text)
	if err = errors.Join(err, f.Close()); err != nil {
		return &FileError{file, pathcause.Of(err)}
	}
	return nil
}
