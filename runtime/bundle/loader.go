package bundle

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
)

// A Loader gives scripts the bundles that they load. Its fields must not be changed while it is used; it is safe for
// concurrent use.
type Loader struct {
	Store         *Store // required
	Lock          *Lock
	Trust         *Trust
	RequireSigned bool // also when the file of trusted keys does not say so
}

// Load reads the locked bundle of a name and checks everything that is to be checked: its digest against the lock, its
// form, its name and version, its signature. The files of the bundle that it returns are the bytes it has checked. It keeps
// nothing: each call reads and checks again. This is the only way to the files of an installed bundle.
//
// Errors are a [*NotInstalledError], a [*DigestError], a [*FormatError], a [*SizeError], a [*SignatureError] or a
// [*FileError].
func (l *Loader) Load(name string) (*Bundle, Verdict, error) {
	locked, ok := l.Lock.Find(name)
	if !ok {
		return nil, Verdict{}, l.unknown(name)
	}
	file := l.Store.File(locked.Digest)
	data, signature, err := l.Store.get(locked.Digest)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, Verdict{}, &NotInstalledError{name, fmt.Sprintf("version %s is locked, but not installed here", locked.Version),
			"cbscript install gets what is locked"}
	}
	if err != nil {
		return nil, Verdict{}, err
	}
	return l.judge(locked, file, data, signature)
}

// judge checks the bytes of a bundle that should be the locked one.
func (l *Loader) judge(locked Requirement, where string, data, signature []byte) (*Bundle, Verdict, error) {
	if got := DigestOf(data); got != locked.Digest {
		return nil, Verdict{}, &DigestError{locked.Ref(), where, locked.Digest, got,
			"it was changed after it was locked: do not use it before you know why; cbscript remove --purge and install get it anew"}
	}
	b, err := Read(data)
	if err != nil {
		return nil, Verdict{}, fmt.Errorf("%s: %w", where, err)
	}
	if b.Ref() != locked.Ref() {
		return nil, Verdict{}, &FileError{l.Lock.File, 0, fmt.Errorf("it locks %s, but the bundle of that digest is %s", locked.Ref(), b.Ref()),
			"restore the lock file, or install the version that you want"}
	}
	verdict, err := l.Trust.judge(b, signature, l.RequireSigned)
	if err != nil {
		return nil, Verdict{}, err
	}
	for _, r := range b.manifest.Requires {
		if err := l.satisfied(b.Ref(), r); err != nil {
			return nil, Verdict{}, err
		}
	}
	return b, verdict, nil
}

// satisfied checks that the lock has what a bundle requires: that very bundle, or a later version of it. The lock decides
// which, so that two bundles can require a third one in different versions.
func (l *Loader) satisfied(by Ref, r Requirement) error {
	locked, ok := l.Lock.Find(r.Name)
	switch order := CompareVersions(locked.Version, r.Version); {
	case !ok:
		return &NotInstalledError{r.Name, fmt.Sprintf("%s requires %s, which is not locked", by, r.Ref()), "cbscript install " + r.Ref().String()}
	case order < 0:
		return &NotInstalledError{r.Name, fmt.Sprintf("%s requires %s, locked is the older %s", by, r.Ref(), locked.Version), "cbscript install " + r.Ref().String()}
	case order == 0 && locked.Digest != r.Digest:
		return &DigestError{r.Ref(), "the manifest of " + by.String(), locked.Digest, r.Digest,
			"a published version never changes: ask the authors which is the right one"}
	}
	return nil
}

// unknown says why a name stands for nothing.
func (l *Loader) unknown(name string) error {
	if err := CheckName(name); err != nil {
		return err
	}
	where := "there is no " + LockName
	if l.Lock != nil && l.Lock.File != "" {
		where = "it is not in " + l.Lock.File
	}
	return &NotInstalledError{name, where, fmt.Sprintf("cbscript install %s@VERSION", name)}
}

// Files gives the files of a locked bundle, as the runtime asks for them. Errors are those of Load.
func (l *Loader) Files(_ context.Context, name string) (fs.FS, error) {
	b, _, err := l.Load(name)
	if err != nil {
		return nil, err
	}
	return b.Files(), nil
}

// Accept checks a bundle that is about to be installed: its form, that it is the one that was asked for, and its
// signature. If the lock has an entry for its name and version, it must be of that digest. from is where it comes from,
// for errors, which are those of Load.
func (l *Loader) Accept(want Ref, from string, data, signature []byte) (*Bundle, Verdict, error) {
	locked, ok := l.Lock.Find(want.Name)
	if ok && locked.Version == want.Version {
		if got := DigestOf(data); got != locked.Digest {
			return nil, Verdict{}, &DigestError{want, from, locked.Digest, got,
				"a published version never changes: ask its author; a changed bundle has a new version"}
		}
	}
	b, err := Read(data)
	if err != nil {
		return nil, Verdict{}, fmt.Errorf("bundle %s from %s: %w", want, from, err)
	}
	if b.Ref() != want {
		return nil, Verdict{}, &FormatError{fmt.Errorf("%s from %s calls itself %s", want, from, b.Ref()), "tell who runs the registry: somebody has put another bundle in its place"}
	}
	verdict, err := l.Trust.judge(b, signature, l.RequireSigned)
	return b, verdict, err
}
