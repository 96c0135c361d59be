package jobstore

import (
	"errors"
	"os"
	"time"

	"go.etcd.io/bbolt"
)

// Head is what a file says of itself.
type Head struct {
	Identity           // of the last run
	Runs     int       // that have opened it
	Created  time.Time // UTC
}

// View opens a file that there is, to look into it: no run is counted, and Save fails. Several may do so at once, but
// nobody while a run has the file. The caller closes it. Its errors are those of [Open], and [io/fs.ErrNotExist].
func View(path string) (*Store, Head, error) {
	s, h := &Store{path: path}, head{}
	err := s.safely(func() error {
		info, err := os.Stat(path)
		switch {
		case err != nil:
			return err
		case info.Mode().IsRegular() && info.Size() == 0:
			return &FormatError{path, "it is empty"}
		}
		if err := s.open(path, true); err != nil {
			return err
		}
		return s.db.View(func(tx *bbolt.Tx) error {
			meta := tx.Bucket(metaBucket)
			if meta == nil || tx.Bucket(jobsBucket) == nil {
				return &FormatError{path, "it is a database of another program"}
			}
			h, err = s.head(meta)
			return err
		})
	})
	if err != nil {
		if s.db != nil {
			err = errors.Join(err, s.Close())
		}
		return nil, Head{}, err
	}
	return s, Head{h.Identity, h.Runs, h.Created}, nil
}
