package pack

import (
	"context"
	"fmt"
	"io/fs"

	"github.com/cbscript/cbscript/runtime/bundle"
	"github.com/cbscript/cbscript/runtime/check"
)

// Reviewed gives scripts the bundles of a loader, each after a review. It is what a host hands to the runtime; it is safe
// for concurrent use when its fields are.
type Reviewed struct {
	Loader *bundle.Loader
	Check  check.Options
	// Refused decides what becomes of a bundle that the review refuses: it returns the error, or nil to let it be loaded
	// after all. Nil refuses them all.
	Refused func(b bundle.Ref, err error) error
	// Loaded is told of each bundle that is given out. May be nil.
	Loaded func(b *bundle.Bundle, v bundle.Verdict)
}

// Files gives the files of a locked bundle. Errors are those of [bundle.Loader.Load] and of [Bundle].
func (r *Reviewed) Files(ctx context.Context, name string) (fs.FS, error) {
	b, verdict, err := r.Loader.Load(name)
	if err != nil {
		return nil, err
	}
	if _, err := Bundle(ctx, b, r.Check); err != nil {
		err = fmt.Errorf("bundle %s: %w", b.Ref(), err)
		if r.Refused != nil {
			err = r.Refused(b.Ref(), err)
		}
		if err != nil {
			return nil, err
		}
	}
	if r.Loaded != nil {
		r.Loaded(b, verdict)
	}
	return b.Files(), nil
}
