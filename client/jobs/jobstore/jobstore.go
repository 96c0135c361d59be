// Package jobstore keeps what becomes of jobs in a file, so that a run goes on where an earlier one ended: whatever ended
// that one, be it the power.
//
//	store, err := jobstore.Open("collect.jobs", jobstore.Identity{Script: "collect.star", SHA256: hash})
//	if err != nil { ... }
//	defer store.Close()
//	plan := &jobs.Plan{Store: store, Run: store.Run()}
//
// A file belongs to one script and its parameters, and to one process at a time. It keeps also what a run has open on servers,
// which the next one closes.
package jobstore

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"iter"
	"maps"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"slices"
	"sync/atomic"
	"time"

	"go.etcd.io/bbolt"
	berrors "go.etcd.io/bbolt/errors"

	"github.com/cbscript/cbscript/client/jobs"
)

// Identity is what a file belongs to. Two runs with different ones must not share a file, since the same key would mean
// different work.
type Identity struct {
	Script string              `json:"script"` // its name, for messages: it is not compared
	SHA256 string              `json:"sha256"` // of its text, in hexadecimal
	Params map[string][]string `json:"params,omitempty"`
}

// same reports whether the work is the same.
func (i Identity) same(other Identity) bool {
	return i.SHA256 == other.SHA256 && maps.EqualFunc(i.Params, other.Params, slices.Equal[[]string])
}

// Option changes how a file is opened.
type Option func(*options)

type options struct{ adopt bool }

// Adopt takes a file over that belongs to another script, or to other parameters: from then on it belongs to these, with
// the records that it has.
func Adopt() Option { return func(o *options) { o.adopt = true } }

// Store is an open file. It is safe for concurrent use, also after Close, when all but Run and Path fails.
type Store struct {
	path   string
	db     *bbolt.DB
	file   *os.File // that of db, to let go of it when db cannot be trusted
	run    int
	broken atomic.Pointer[FormatError] // nil while the file can be used
}

var _ jobs.Store = (*Store)(nil)

// The buckets of a file, and the key of its description.
var (
	metaBucket = []byte("cbscript.jobs")
	jobsBucket = []byte("jobs")
	openBucket = []byte("open") // not in files of versions that did not keep what is open
	headKey    = []byte("head")
)

// format is the version of the file's form.
const format = 1

// head describes a file.
type head struct {
	Format  int       `json:"format"`
	Runs    int       `json:"runs"`
	Created time.Time `json:"created"`
	Identity
}

// patience is how long Open waits for another run that is just ending.
const patience = 500 * time.Millisecond

// Open opens a file, and makes one when there is none, which only its owner can read. The caller closes it.
//
// Errors: an [*InUseError] when another run has the file, a [*MismatchError] when it belongs to another script or to other
// parameters, a [*FormatError] when it is not a file of this package or is damaged, and those of the system.
func Open(path string, id Identity, opts ...Option) (*Store, error) {
	var o options
	for _, opt := range opts {
		opt(&o)
	}
	s := &Store{path: path}
	if err := s.safely(func() error { return s.open(path, false) }); err != nil {
		return nil, err
	}
	if err := s.safely(func() error { return s.begin(id, o) }); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	if s.run == 1 {
		if err := syncFolder(filepath.Dir(path)); err != nil {
			return nil, errors.Join(err, s.Close())
		}
	}
	return s, nil
}

// syncFolder puts the name of a new file on the disk, which the file's own sync does not.
func syncFolder(path string) error {
	if runtime.GOOS == "windows" { // has no such call
		return nil
	}
	folder, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(folder.Sync(), folder.Close())
}

// open locks the file, for readers when it is only read, and looks through it.
func (s *Store) open(path string, readOnly bool) error {
	err := verify(path)
	if err == nil {
		s.db, err = bbolt.Open(path, 0o600, &bbolt.Options{Timeout: patience, ReadOnly: readOnly, OpenFile: func(name string, flag int, mode os.FileMode) (_ *os.File, err error) {
			s.file, err = os.OpenFile(name, flag, mode)
			return s.file, err
		}})
	}
	var system *fs.PathError
	var ours *FormatError
	switch {
	case err == nil, errors.As(err, &system), errors.As(err, &ours):
		return err
	case errors.Is(err, berrors.ErrTimeout):
		return &InUseError{path}
	}
	return &FormatError{Path: path, Reason: err.Error()}
}

// begin checks that the file is whole and belongs to the run, and counts the run.
func (s *Store) begin(id Identity, o options) error {
	return s.db.Update(func(tx *bbolt.Tx) error {
		h := head{Format: format, Created: time.Now().UTC(), Identity: id}
		meta := tx.Bucket(metaBucket)
		if meta == nil {
			if name, _ := tx.Cursor().First(); name != nil {
				return &FormatError{Path: s.path, Reason: "it is a database of another program"}
			}
		} else {
			var err error
			if h, err = s.head(meta); err != nil {
				return err
			}
		}
		if !h.same(id) && !o.adopt {
			return &MismatchError{Path: s.path, Was: h.Identity, Is: id}
		}
		h.Identity = id
		h.Runs++
		s.run = h.Runs
		b, err := json.Marshal(h)
		if err != nil {
			return err
		}
		for _, name := range [][]byte{metaBucket, jobsBucket, openBucket} {
			if _, err := tx.CreateBucketIfNotExists(name); err != nil {
				return err
			}
		}
		return tx.Bucket(metaBucket).Put(headKey, b)
	})
}

// head reads the description of the file.
func (s *Store) head(meta *bbolt.Bucket) (h head, err error) {
	if err := json.Unmarshal(meta.Get(headKey), &h); err != nil {
		return h, &FormatError{Path: s.path, Reason: "its description cannot be read: " + err.Error()}
	}
	if h.Format != format || h.Runs < 0 {
		return h, &FormatError{Path: s.path, Reason: fmt.Sprintf("its format is %d, and this program knows %d", h.Format, format)}
	}
	return h, nil
}

// Run is the number of the run that opened the file, of all that have, from 1.
func (s *Store) Run() int { return s.run }

// Path is the name of the file.
func (s *Store) Path() string { return s.path }

// Load gives the record of a job, and false when there is none.
func (s *Store) Load(ctx context.Context, k jobs.Key) (r jobs.Record, found bool, err error) {
	if ctx.Err() != nil {
		return jobs.Record{}, false, context.Cause(ctx)
	}
	err = s.view(func(b *bbolt.Bucket) error {
		text := b.Get([]byte(k.String()))
		if text == nil {
			return nil
		}
		found = true
		r, err = s.parse([]byte(k.String()), text)
		return err
	})
	return r, found && err == nil, err
}

// Save keeps a record. When it returns without an error, the record is on the disk.
func (s *Store) Save(ctx context.Context, r jobs.Record) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	text, err := r.Encode()
	if err != nil {
		return err
	}
	return s.safely(func() error {
		return s.db.Update(func(tx *bbolt.Tx) error { return tx.Bucket(jobsBucket).Put([]byte(r.Key.String()), text) })
	})
}

// together is how many records All reads at once.
const together = 256

// All gives the records in the order of their keys' texts. Those that are saved meanwhile may be among them or not. An
// error is the last thing that it yields.
func (s *Store) All(ctx context.Context) iter.Seq2[jobs.Record, error] {
	return func(yield func(jobs.Record, error) bool) {
		var last []byte
		for {
			if ctx.Err() != nil {
				yield(jobs.Record{}, context.Cause(ctx))
				return
			}
			records, err := s.after(last)
			for _, r := range records {
				if !yield(r, nil) {
					return
				}
			}
			if err != nil {
				yield(jobs.Record{}, err)
				return
			}
			if len(records) < together {
				return
			}
			last = []byte(records[len(records)-1].Key.String())
		}
	}
}

// after gives the next records behind a key, so that nobody's loop keeps a transaction open.
func (s *Store) after(last []byte) (records []jobs.Record, err error) {
	err = s.view(func(b *bbolt.Bucket) error {
		c := b.Cursor()
		k, text := c.First()
		if last != nil {
			if k, text = c.Seek(last); string(k) == string(last) {
				k, text = c.Next()
			}
		}
		for ; k != nil && len(records) < together; k, text = c.Next() {
			r, err := s.parse(k, text)
			if err != nil {
				return err
			}
			records = append(records, r)
		}
		return nil
	})
	return records, err
}

// parse reads a record of the file.
func (s *Store) parse(key, text []byte) (jobs.Record, error) {
	r, err := jobs.ParseRecord(text)
	if err == nil && r.Key.String() != string(key) {
		err = errors.New("it has the key of another one")
	}
	if err != nil {
		return jobs.Record{}, &FormatError{Path: s.path, Reason: fmt.Sprintf("its record of %q cannot be read: %v", key, err)}
	}
	return r, nil
}

func (s *Store) view(f func(*bbolt.Bucket) error) error {
	return s.safely(func() error {
		return s.db.View(func(tx *bbolt.Tx) error { return f(tx.Bucket(jobsBucket)) })
	})
}

// safely makes an error of what the database does on a file that is damaged: it panics, and reading where the file has no
// bytes is a fault. After that the file is not used any more.
func (s *Store) safely(f func() error) (err error) {
	if broken := s.broken.Load(); broken != nil {
		return broken
	}
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	defer func() {
		if r := recover(); r != nil {
			broken := &FormatError{Path: s.path, Reason: fmt.Sprint("it is damaged: ", r)}
			if s.broken.CompareAndSwap(nil, broken) && s.file != nil {
				_ = s.file.Close() // lets go of the lock; what is in the file is on the disk
			}
			err = broken
		}
	}()
	return f()
}

// Close lets go of the file.
func (s *Store) Close() error {
	if s.broken.Load() != nil {
		return nil
	}
	return s.db.Close()
}
