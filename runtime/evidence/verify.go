package evidence

import (
	"context"
	"crypto/md5"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strings"

	"aead.dev/minisign"

	"github.com/cbscript/cbscript/builtins"
)

// What can be wrong with a folder.
const (
	Missing   = "missing"   // a file of the manifest is not there
	Changed   = "changed"   // it is not what was saved
	Unlisted  = "unlisted"  // a file is there that the manifest does not have
	Partial   = "partial"   // a file is there that a run did not come to the end of
	Chain     = "chain"     // a line of the manifest was changed, added or taken away, or cannot be read
	Manifest  = "manifest"  // the manifest is not the one that was expected
	Signature = "signature" // it is not signed by the key that was expected, or the signature cannot be read
)

// Finding is one thing that is wrong with a folder.
type Finding struct {
	Problem string // Missing and so on
	Name    string // of the file, as the manifest or the disk has it; empty for a line that cannot be read
	Line    int    // of the manifest; 0 for a file that it does not have
	Detail  string // in words
}

// Report is what was found out about a folder.
type Report struct {
	Lines    int    // of the manifest
	Files    int    // that are as they were saved
	Bytes    int64  // of these
	Manifest string // its SHA-256, in hexadecimal
	SignedBy string // id of the key that it says it is signed by; empty when it is not signed
	Key      string // id of the expected key, when the signature is that of this manifest by this key
	Findings []Finding
}

// Expected is what is known of a manifest from elsewhere. The zero value is nothing.
type Expected struct {
	SHA256 string              // of the manifest, in hexadecimal of either case
	Key    *minisign.PublicKey // that it is signed by
}

// List gives each entry of a folder's manifest to f, until f fails. It looks at no file, and does not mind a broken chain; a
// line that cannot be read is an error.
func List(dir string, f func(*Entry) error) error {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return fmt.Errorf("open the folder: %w", err)
	}
	defer root.Close()
	m, err := openRead(root, dir)
	if err != nil {
		return err
	}
	defer m.Close()
	for lines := newLines(m); ; {
		l, err := lines.next()
		switch {
		case err == io.EOF:
			return nil
		case err != nil:
			return &ManifestError{dir, cause(err).Error(), ""}
		case l.entry == nil:
			return &ManifestError{dir, fmt.Sprintf("line %d: %s", l.n, l.problem), "cbscript evidence verify tells more"}
		}
		if err := f(l.entry); err != nil {
			return err
		}
	}
}

// openRead opens a manifest to read it.
func openRead(root *os.Root, dir string) (*os.File, error) {
	m, err := root.Open(builtins.ManifestName)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, &ManifestError{dir, "there is none: the folder has no " + builtins.ManifestName, "name the directory that a run got with --out"}
	}
	if err != nil {
		return nil, &ManifestError{dir, cause(err).Error(), ""}
	}
	return m, nil
}

// Verify compares a folder with its manifest: every line with the one before, every file with its line, and every file
// that is there with the lines. It goes on after a finding. It writes nothing. A folder without a manifest is a
// [*ManifestError].
func Verify(ctx context.Context, dir string, want Expected) (*Report, error) {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, fmt.Errorf("open the folder: %w", err)
	}
	defer root.Close()
	m, err := openRead(root, dir)
	if err != nil {
		return nil, err
	}
	defer m.Close()
	v := &verifier{root: root, listed: map[string]*Entry{}}
	if err := v.lines(ctx, m); err != nil {
		return nil, err
	}
	if want.SHA256 != "" && !strings.EqualFold(want.SHA256, v.report.Manifest) {
		v.find(Manifest, builtins.ManifestName, 0, "its SHA-256 is %s, not the one that was expected", v.report.Manifest)
	}
	if err := v.signature(m, want.Key); err != nil {
		return nil, err
	}
	if err := v.unlisted(ctx); err != nil {
		return nil, err
	}
	return &v.report, nil
}

// verifier is a verification under way.
type verifier struct {
	root   *os.Root
	listed map[string]*Entry // the first line of each name
	report Report
}

func (v *verifier) find(problem, name string, line int, format string, args ...any) {
	v.report.Findings = append(v.report.Findings, Finding{problem, name, line, fmt.Sprintf(format, args...)})
}

// lines goes through the manifest, and the files that it has.
func (v *verifier) lines(ctx context.Context, m io.Reader) error {
	whole := sha256.New()
	lines := newLines(io.TeeReader(m, whole))
	for {
		l, err := lines.next()
		if err == io.EOF {
			break
		}
		if err != nil {
			v.find(Chain, "", lines.n, "%s: the lines behind it are not read", cause(err))
			break
		}
		v.report.Lines++
		name := ""
		if l.entry != nil {
			name = l.entry.Name
		}
		if l.problem != "" {
			v.find(Chain, name, l.n, "%s", l.problem)
		}
		if l.entry == nil {
			continue
		}
		if first, twice := v.listed[name]; twice {
			if first.SHA256 != l.entry.SHA256 || first.MD5 != l.entry.MD5 || first.Size != l.entry.Size {
				v.find(Chain, name, l.n, "line %d has other bytes for the same file", first.N)
			}
			continue
		}
		l.entry.Sources = nil // which are not looked at, and may be many
		v.listed[name] = l.entry
		if err := v.file(ctx, l.entry, l.n); err != nil {
			return err
		}
	}
	if _, err := io.Copy(whole, m); err != nil {
		return fmt.Errorf("read the manifest: %w", cause(err))
	}
	v.report.Manifest = hex.EncodeToString(whole.Sum(nil))
	return nil
}

// file compares a file with its entry.
func (v *verifier) file(ctx context.Context, e *Entry, line int) error {
	info, err := v.root.Lstat(e.Name)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		v.find(Missing, e.Name, line, "the file is not there")
		return nil
	case err != nil:
		v.find(Missing, e.Name, line, "the file cannot be reached: %v", cause(err))
		return nil
	case !info.Mode().IsRegular():
		v.find(Changed, e.Name, line, "there is no file of that name, but something else")
		return nil
	case info.Size() != e.Size:
		v.find(Changed, e.Name, line, "it has %d bytes, saved were %d", info.Size(), e.Size)
		return nil
	}
	f, err := v.root.Open(e.Name)
	if err != nil {
		v.find(Missing, e.Name, line, "the file cannot be read: %v", cause(err))
		return nil
	}
	defer f.Close()
	sha, old := sha256.New(), md5.New()
	n, err := io.Copy(io.MultiWriter(sha, old), &untilDone{ctx, f})
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	switch got := hex.EncodeToString(sha.Sum(nil)); {
	case err != nil:
		v.find(Missing, e.Name, line, "the file cannot be read: %v", cause(err))
	case got != e.SHA256:
		v.find(Changed, e.Name, line, "its SHA-256 is %s, saved was %s", got, e.SHA256)
	case hex.EncodeToString(old.Sum(nil)) != e.MD5:
		v.find(Changed, e.Name, line, "its MD5 is not the one in the manifest, although its SHA-256 is")
	default:
		v.report.Files++
		v.report.Bytes += n
	}
	return nil
}

// unlisted looks for files that the manifest does not have.
func (v *verifier) unlisted(ctx context.Context) error {
	return fs.WalkDir(v.root.FS(), ".", func(name string, d fs.DirEntry, err error) error {
		switch _, known := v.listed[name]; {
		case ctx.Err() != nil:
			return context.Cause(ctx)
		case err != nil:
			v.find(Unlisted, name, 0, "what is there cannot be read: %v", cause(err))
			if d != nil && d.IsDir() {
				return fs.SkipDir
			}
		case d.IsDir(), known, name == builtins.ManifestName, name == builtins.SignatureName:
		case strings.HasPrefix(name, builtins.PartPrefix):
			v.find(Partial, name, 0, "a run was ended while it wrote this file")
		default:
			v.find(Unlisted, name, 0, "the manifest does not have this file")
		}
		return nil
	})
}
