package bundle

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"

	"github.com/rogpeppe/go-internal/lockedfile"

	"github.com/cbscript/cbscript/client/pathcause"
)

// Exclusive waits until no other process of this user is about to change a file, such as a lock file, and keeps others waiting
// until release is called: whoever reads it, changes it and writes it loses nothing that others wrote in between. dir is a
// directory for what marks that, which is made if need be; it must be the same one for all. Errors are a [*FileError], or
// the cause of ctx.
func Exclusive(ctx context.Context, dir, file string) (release func(), err error) {
	mutex, err := mutexOf(dir, file)
	if err != nil {
		return nil, &FileError{File: file, Err: fmt.Errorf("other processes cannot be kept from changing it meanwhile: %w", pathcause.Of(err))}
	}
	type result struct {
		release func()
		err     error
	}
	locked := make(chan result, 1)
	go func() {
		release, err := mutex.Lock()
		locked <- result{release, err}
	}()
	select {
	case r := <-locked:
		if r.err != nil {
			return nil, &FileError{File: file, Err: fmt.Errorf("other processes cannot be kept from changing it meanwhile: %w", pathcause.Of(r.err))}
		}
		return r.release, nil
	case <-ctx.Done():
		go func() { // the wait cannot be ended
			if r := <-locked; r.err == nil {
				r.release()
			}
		}()
		return nil, context.Cause(ctx)
	}
}

// mutexOf is the mark of a file, by where it really lies.
func mutexOf(dir, file string) (*lockedfile.Mutex, error) {
	at, err := filepath.Abs(file)
	if err != nil {
		return nil, err
	}
	if folder, err := filepath.EvalSymlinks(filepath.Dir(at)); err == nil {
		at = filepath.Join(folder, filepath.Base(at))
	}
	if target, err := filepath.EvalSymlinks(at); err == nil {
		at = target
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, err
	}
	sum := sha256.Sum256([]byte(at))
	return lockedfile.MutexAt(filepath.Join(dir, hex.EncodeToString(sum[:16]))), nil
}
