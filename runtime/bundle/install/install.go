// Package install gets bundles from a registry into a store and a lock file.
//
//	i := install.Installer{Registry: r, Loader: loader, Check: options}
//	installed, lock, err := i.Install(ctx, []bundle.Ref{{Name: "acme/hunts", Version: "1.2.0"}})
//	err = lock.Write()
package install

import (
	"context"
	"errors"
	"fmt"

	"github.com/cbscript/cbscript/runtime/bundle"
	"github.com/cbscript/cbscript/runtime/bundle/pack"
	"github.com/cbscript/cbscript/runtime/bundle/registry"
	"github.com/cbscript/cbscript/runtime/check"
)

// An Installer installs bundles. All fields but Refused are required.
type Installer struct {
	Registry *registry.Registry
	Loader   *bundle.Loader // whose lock is what is installed so far
	Check    check.Options  // of the review of each bundle
	// Refused decides what becomes of a bundle that the review refuses: it returns the error, or nil to install it after
	// all. Nil refuses them all.
	Refused func(b bundle.Ref, err error) error
}

// Installed is a bundle that is now locked and stored.
type Installed struct {
	Bundle  *bundle.Bundle
	Verdict bundle.Verdict
	Before  string     // the version that was locked before; empty for none
	By      bundle.Ref // the bundle that requires it; zero when it was asked for
	There   bool       // it was installed already
}

// Install gets bundles and those that they require, and returns them with the new lock, which is for the caller to write. The store has
// bundles already when a later one fails, but nothing loads what is not locked. Errors are those of
// [registry.Registry.Fetch], [bundle.Loader.Accept] and [pack.Bundle].
func (i *Installer) Install(ctx context.Context, refs []bundle.Ref) ([]Installed, *bundle.Lock, error) {
	work := *i.Loader
	s := &state{Installer: i, loader: &work, asked: map[string]bundle.Ref{}}
	for _, ref := range refs {
		if other, ok := s.asked[ref.Name]; ok && other != ref {
			return nil, nil, &bundle.NameError{Text: ref.String(), Reason: "another version of it is to be installed, too: " + other.String(),
				Advice: "a script loads one version of a bundle: name one of them"}
		}
		s.asked[ref.Name] = ref
		s.queue = append(s.queue, wanted{ref: ref})
	}
	for len(s.queue) > 0 {
		next := s.queue[0]
		s.queue = s.queue[1:]
		if err := s.one(ctx, next); err != nil {
			return nil, nil, err
		}
	}
	return s.done, s.loader.Lock, nil
}

// wanted is a bundle that is still to be installed.
type wanted struct {
	ref    bundle.Ref
	by     bundle.Ref
	digest bundle.Digest // that it must have; empty when the registry says which
}

// state is that of one call of Install.
type state struct {
	*Installer
	loader *bundle.Loader // whose lock grows
	asked  map[string]bundle.Ref
	queue  []wanted
	done   []Installed
}

// one installs a bundle, and puts what it requires into the queue.
func (s *state) one(ctx context.Context, w wanted) error {
	before, locked := s.loader.Lock.Find(w.ref.Name)
	if w.by.Name != "" {
		enough, err := s.enough(w, before, locked)
		if enough || err != nil {
			return err
		}
	}
	out := Installed{By: w.by, Before: before.Version}
	if locked && before.Version == w.ref.Version {
		b, verdict, err := s.loader.Load(w.ref.Name)
		var missing *bundle.NotInstalledError
		if err == nil {
			out.Bundle, out.Verdict, out.There = b, verdict, true
			return s.add(out)
		}
		if !errors.As(err, &missing) {
			return err
		}
	}
	if w.digest != "" {
		s.loader.Lock = s.loader.Lock.With(bundle.Requirement{Name: w.ref.Name, Version: w.ref.Version, Digest: w.digest})
	}
	found, err := s.Registry.Fetch(ctx, w.ref)
	if err != nil {
		return err
	}
	if out.Bundle, out.Verdict, err = s.loader.Accept(w.ref, s.Registry.Place(), found.Bundle, found.Signature); err != nil {
		return err
	}
	if err := s.review(ctx, out.Bundle); err != nil {
		return err
	}
	if err := s.loader.Store.Put(out.Bundle, found.Signature); err != nil {
		return err
	}
	return s.add(out)
}

// enough reports whether what is locked serves a bundle that requires w.
func (s *state) enough(w wanted, have bundle.Requirement, locked bool) (bool, error) {
	if !locked {
		return false, nil
	}
	order := bundle.CompareVersions(have.Version, w.ref.Version)
	asked, isAsked := s.asked[w.ref.Name]
	switch {
	case order == 0 && have.Digest != w.digest:
		return false, &bundle.DigestError{Bundle: w.ref, Where: "the manifest of " + w.by.String(), Locked: have.Digest, Got: w.digest,
			Advice: "a published version never changes: ask the authors which is the right one"}
	case order >= 0:
		// Also what is locked but not stored yet: it has its own place in the queue, or the next install gets it.
		if _, _, err := s.loader.Load(w.ref.Name); err == nil || isAsked {
			return true, nil
		}
		s.queue = append(s.queue, wanted{ref: have.Ref(), digest: have.Digest})
		s.asked[w.ref.Name] = have.Ref()
		return true, nil
	case isAsked:
		return false, &bundle.NameError{Text: asked.String(), Reason: fmt.Sprintf("it is too old for %s, which requires %s", w.by, w.ref),
			Advice: "install " + w.ref.String() + " or a later one"}
	}
	return false, nil
}

// review reviews a bundle as if it were one's own.
func (s *state) review(ctx context.Context, b *bundle.Bundle) error {
	_, err := pack.Bundle(ctx, b, s.Check)
	if err == nil || ctx.Err() != nil {
		return err
	}
	err = fmt.Errorf("bundle %s: %w", b.Ref(), err)
	if s.Refused != nil {
		return s.Refused(b.Ref(), err)
	}
	return err
}

// add locks a bundle.
func (s *state) add(out Installed) error {
	m := out.Bundle.Manifest()
	s.loader.Lock = s.loader.Lock.With(bundle.Requirement{Name: m.Name, Version: m.Version, Digest: out.Bundle.Digest()})
	s.done = append(s.done, out)
	for _, r := range m.Requires {
		s.queue = append(s.queue, wanted{ref: r.Ref(), by: m.Ref(), digest: r.Digest})
	}
	return nil
}
