package jobstore

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"go.etcd.io/bbolt"

	"github.com/cbscript/cbscript/client"
)

var _ client.Openings = (*Store)(nil)

// opening is what is open as the file has it.
type opening struct {
	client.Opening
	Run int `json:"run"` // that opened it
}

// openKey is where one is. Neither text has a zero byte: the id is JSON, in the form in which it is read again.
func openKey(o client.Opening) ([]byte, error) {
	if o.Server == "" || len(o.ID) == 0 {
		return nil, errors.New("what is open has no server or no id")
	}
	id, err := json.Marshal(o.ID)
	if err != nil {
		return nil, fmt.Errorf("the id of what is open: %w", err)
	}
	key := bytes.Join([][]byte{[]byte(o.Server), id}, []byte{0})
	if len(key) > bbolt.MaxKeySize {
		return nil, fmt.Errorf("the id of what is open has %d bytes", len(o.ID))
	}
	return key, nil
}

// Left gives what earlier runs with the file opened on a server and did not close.
func (s *Store) Left(ctx context.Context, server string) (left []client.Opening, err error) {
	if ctx.Err() != nil {
		return nil, context.Cause(ctx)
	}
	prefix := append([]byte(server), 0)
	err = s.safely(func() error {
		return s.db.View(func(tx *bbolt.Tx) error {
			b := tx.Bucket(openBucket)
			if b == nil {
				return nil // only looked into, and made by a version that did not keep this
			}
			c := b.Cursor()
			for k, text := c.Seek(prefix); bytes.HasPrefix(k, prefix); k, text = c.Next() {
				var o opening
				if err := json.Unmarshal(text, &o); err != nil {
					return &FormatError{Path: s.path, Reason: fmt.Sprintf("what it says is open, %q, cannot be read: %v", k, err)}
				}
				if key, err := openKey(o.Opening); err != nil || !bytes.Equal(key, k) {
					return &FormatError{Path: s.path, Reason: fmt.Sprintf("what it says is open, %q, has the key of another one", k)}
				}
				if o.Run != s.run {
					left = append(left, o.Opening)
				}
			}
			return nil
		})
	})
	return left, err
}

// Opened keeps what this run has opened. When it returns without an error, that is on the disk.
func (s *Store) Opened(ctx context.Context, o client.Opening) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	key, err := openKey(o)
	if err != nil {
		return err
	}
	text, err := json.Marshal(opening{o, s.run})
	if err != nil {
		return err
	}
	return s.safely(func() error {
		return s.db.Update(func(tx *bbolt.Tx) error { return tx.Bucket(openBucket).Put(key, text) })
	})
}

// Closed forgets what was closed, of whichever run. What the file does not have is no error.
func (s *Store) Closed(ctx context.Context, o client.Opening) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	key, err := openKey(o)
	if err != nil {
		return err
	}
	return s.safely(func() error {
		return s.db.Update(func(tx *bbolt.Tx) error { return tx.Bucket(openBucket).Delete(key) })
	})
}
