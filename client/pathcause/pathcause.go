// Package pathcause takes the name of a file off an error of package os, for errors that name the file as their user knows it.
package pathcause

import (
	"errors"
	"io/fs"
	"os"
)

// Of gives the cause of err when that names one file or two, else err itself.
func Of(err error) error {
	var at *fs.PathError
	if errors.As(err, &at) {
		return at.Err
	}
	var link *os.LinkError
	if errors.As(err, &link) {
		return link.Err
	}
	return err
}
