package lrshell

import (
	"cmp"
	"context"
	"crypto/md5" //nolint:gosec // files are known by it, nothing is protected
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/cbscript/cbscript/builtins"
	"github.com/cbscript/cbscript/client/liveresponse"
	"github.com/cbscript/cbscript/runtime/output"
)

// transferPoll is the patience for a file on its way from the endpoint to the server, which may be large.
func transferPoll() liveresponse.Poll { return liveresponse.Poll{Timeout: time.Hour} }

// sums are the hashes of a file, and its size.
type sums struct {
	md5, sha256 hash.Hash
	size        int64
}

func newSums() *sums { return &sums{md5: md5.New(), sha256: sha256.New()} }

// Write takes a part of the file.
func (s *sums) Write(p []byte) (int, error) {
	_, _ = s.md5.Write(p) // hashes take all
	_, _ = s.sha256.Write(p)
	s.size += int64(len(p))
	return len(p), nil
}

func (s *sums) row() output.Row {
	return output.Row{{Name: "size", Value: s.size}, {Name: "md5", Value: hex.EncodeToString(s.md5.Sum(nil))},
		{Name: "sha256", Value: hex.EncodeToString(s.sha256.Sum(nil))}}
}

func getFile(ctx context.Context, s *Shell, in *input) error {
	remote := s.abs(in.args[0])
	to, err := s.target(in, in.arg(1, "."), s.paths.base(remote))
	if err != nil {
		return err
	}
	file, err := s.c.Session.GetRawFile(ctx, remote, transferPoll())
	if err != nil {
		return err
	}
	got, err := s.store(ctx, to, file)
	if err != nil {
		return err
	}
	return s.stored(to, got)
}

// stored tells of a file that has arrived.
func (s *Shell) stored(to target, got *sums) error {
	return s.tell(append(got.row(), output.Cell{Name: "file", Value: to.path}))
}

func putFile(ctx context.Context, s *Shell, in *input) error {
	path := s.local(in.args[0])
	file, err := os.Open(path)
	if err != nil {
		return err
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		return err
	}
	if !info.Mode().IsRegular() {
		return usage("put writes one file", "put: %s is not a file", path)
	}
	remote := s.abs(in.args[1])
	if s.paths.slashed(in.args[1]) {
		remote = s.paths.join(remote, filepath.Base(path))
	}
	data := s.watch("put "+filepath.Base(path), info.Size(), file)
	defer data.end()
	if err := s.c.Session.PutFile(ctx, data, remote); err != nil {
		return err
	}
	return s.done("wrote %s, %d bytes", remote, info.Size())
}

// dumpMemory has the endpoint write a dump, fetches it and deletes it there, also when fetching failed.
func dumpMemory(ctx context.Context, s *Shell, in *input) error {
	to, err := s.target(in, in.args[0], "")
	if err != nil {
		return err
	}
	if !s.c.DryRun {
		if err := s.note("the endpoint writes its memory into a file: this takes minutes"); err != nil {
			return err
		}
	}
	dump, err := s.c.Session.StartMemdump(ctx, "", in.has("-z"))
	if err != nil || s.c.DryRun {
		return err
	}
	file, err := dump.Get(ctx)
	if err != nil {
		return leftBehind(err, dump)
	}
	got, err := s.store(ctx, to, file)
	ending, cancel := context.WithTimeout(context.WithoutCancel(ctx), cleanupTime)
	defer cancel()
	if deleting := dump.Delete(ending); deleting != nil {
		return leftBehind(cmp.Or(err, deleting), dump)
	}
	if err != nil {
		return err
	}
	return s.stored(to, got)
}

// cleanupTime bounds how long a dump's file is cleaned away for after Ctrl-C.
const cleanupTime = 10 * time.Second

// leftBehind says that a dump may be on the endpoint still.
func leftBehind(err error, dump *liveresponse.Dump) error {
	return fmt.Errorf("%w (the endpoint may still have, or still be writing, %s)", err, dump.Remote())
}

func fetchArchive(ctx context.Context, s *Shell, in *input) error {
	to, err := s.target(in, in.args[0], "")
	if err != nil {
		return err
	}
	file, err := s.c.Session.Archive(ctx)
	if err != nil {
		return err
	}
	got, err := s.store(ctx, to, file)
	if err != nil {
		return err
	}
	return s.stored(to, got)
}

// watched is a file on its way, whose progress is shown in KiB until its end.
type watched struct {
	r        io.Reader
	progress builtins.Progress // nil when nothing is shown
	bytes    int64             // since the last step
	mu       sync.Mutex        // of both: an upload may still read when its sender gave it up
}

// watch shows the progress of reading a file. A size below zero is not known.
func (s *Shell) watch(label string, size int64, r io.Reader) *watched {
	w := &watched{r: r}
	if s.c.Progress != nil {
		total := -1
		if size >= 0 {
			total = int((size + 1023) / 1024)
		}
		w.progress = s.c.Progress(label+", KiB", total)
	}
	return w
}

// Read reads, and counts. Whatever ends the file ends the display.
func (w *watched) Read(p []byte) (int, error) {
	n, err := w.r.Read(p)
	if err != nil {
		defer w.end()
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	for w.bytes += int64(n); w.bytes >= 1024 && w.progress != nil; w.bytes -= 1024 {
		w.progress.Step()
	}
	return n, err
}

// Seek goes back to read again, when that can be done.
func (w *watched) Seek(offset int64, whence int) (int64, error) {
	if again, ok := w.r.(io.Seeker); ok {
		return again.Seek(offset, whence)
	}
	return 0, errors.ErrUnsupported
}

// end takes the display away.
func (w *watched) end() {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.progress != nil {
		w.progress.End()
		w.progress = nil
	}
}
