package bundle_test

import (
	"bytes"
	"context"
	"errors"
	"io/fs"
	"os"
	"strings"
	"testing"

	"github.com/cbscript/cbscript/runtime/bundle"
)

// TestTamperedStore changes what is installed, and the lock, after a bundle was installed in good order.
func TestTamperedStore(t *testing.T) {
	good := build(t, manifest(), contents())
	m := manifest()
	m.Version = "1.1.0"
	old := build(t, m, contents())
	m = manifest()
	m.Name = "acme/other"
	other := build(t, m, contents())
	write := func(t *testing.T, file string, data []byte) {
		t.Helper()
		if err := os.WriteFile(file, data, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	tests := []struct {
		name    string
		change  func(t *testing.T, l *bundle.Loader, file string)
		wantErr string
	}{
		{"nothing", func(*testing.T, *bundle.Loader, string) {}, ""},
		{"changed byte", func(t *testing.T, _ *bundle.Loader, file string) {
			data := bytes.Clone(good.Bytes())
			data[len(data)/2] ^= 1
			write(t, file, data)
		}, "its digest is sha256:"},
		{"one byte more", func(t *testing.T, _ *bundle.Loader, file string) {
			write(t, file, append(bytes.Clone(good.Bytes()), 0))
		}, "its digest is sha256:"},
		{"an older version in its place", func(t *testing.T, _ *bundle.Loader, file string) { write(t, file, old.Bytes()) },
			"is not the locked one: its digest is " + string(old.Digest()) + ", locked is " + string(good.Digest())},
		{"another bundle in its place", func(t *testing.T, _ *bundle.Loader, file string) { write(t, file, other.Bytes()) },
			"its digest is " + string(other.Digest()) + ", locked is " + string(good.Digest())},
		{"the digest of an older version in the lock", func(t *testing.T, l *bundle.Loader, _ string) {
			l.Lock = l.Lock.With(bundle.Requirement{Name: "acme/hunts", Version: "1.2.0", Digest: old.Digest()})
			if err := l.Store.Put(old, nil); err != nil {
				t.Fatal(err)
			}
		}, "it locks acme/hunts@1.2.0, but the bundle of that digest is acme/hunts@1.1.0"},
		{"the digest of another bundle in the lock", func(t *testing.T, l *bundle.Loader, _ string) {
			l.Lock = l.Lock.With(bundle.Requirement{Name: "acme/hunts", Version: "1.2.0", Digest: other.Digest()})
			if err := l.Store.Put(other, nil); err != nil {
				t.Fatal(err)
			}
		}, "it locks acme/hunts@1.2.0, but the bundle of that digest is acme/other@1.2.0"},
		{"locked text that is no bundle", func(t *testing.T, l *bundle.Loader, _ string) {
			d := bundle.DigestOf([]byte("x = 1\n"))
			l.Lock = l.Lock.With(bundle.Requirement{Name: "acme/hunts", Version: "1.2.0", Digest: d})
			write(t, l.Store.File(d), []byte("x = 1\n"))
		}, "not a valid bundle"},
		{"deleted", func(t *testing.T, _ *bundle.Loader, file string) {
			if err := os.Remove(file); err != nil {
				t.Fatal(err)
			}
		}, "version 1.2.0 is locked, but not installed here"},
		{"a link to another bundle", func(t *testing.T, l *bundle.Loader, file string) {
			if err := l.Store.Put(old, nil); err != nil {
				t.Fatal(err)
			}
			if err := os.Remove(file); err != nil {
				t.Fatal(err)
			}
			if err := os.Symlink(l.Store.File(old.Digest()), file); err != nil {
				t.Skip(err)
			}
		}, "its digest is " + string(old.Digest())},
		{"a folder in its place", func(t *testing.T, _ *bundle.Loader, file string) {
			if err := errors.Join(os.Remove(file), os.Mkdir(file, 0o755)); err != nil {
				t.Fatal(err)
			}
		}, "is a directory"},
		{"huge", func(t *testing.T, _ *bundle.Loader, file string) {
			if err := os.Truncate(file, bundle.MaxSize+1); err != nil {
				t.Fatal(err)
			}
		}, "it is larger than 16777216 bytes"},
		{"not locked any more", func(_ *testing.T, l *bundle.Loader, _ string) { l.Lock = l.Lock.Without("acme/hunts") }, "it is not in cbscript.lock"},
		{"no lock", func(_ *testing.T, l *bundle.Loader, _ string) { l.Lock = nil }, "there is no cbscript.lock"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			l := installed(t, good, nil)
			// Loaded once before: a verdict that was kept would now be wrong.
			if _, _, err := l.Load("acme/hunts"); err != nil {
				t.Fatal(err)
			}
			tt.change(t, l, l.Store.File(good.Digest()))
			files, err := l.Files(context.WithoutCancel(t.Context()), "acme/hunts")
			if tt.wantErr == "" {
				if err != nil {
					t.Fatal(err)
				}
				if _, err := fs.Stat(files, "net.star"); err != nil {
					t.Error(err)
				}
				return
			}
			if err == nil || !strings.Contains(err.Error(), tt.wantErr) {
				t.Errorf("got error %v, want one with %q", err, tt.wantErr)
			}
			if files != nil {
				t.Error("files were given besides the error")
			}
		})
	}
}

func TestAccept(t *testing.T) {
	good := build(t, manifest(), contents())
	changed := contents()
	changed["net.star"] = []byte("x = 1")
	republished := build(t, manifest(), changed)
	m := manifest()
	m.Version = "1.1.0"
	old := build(t, m, contents())
	m.Version = "1.3.0"
	later := build(t, m, contents())
	tests := []struct {
		name, want string
		data       []byte
		wantErr    string
	}{
		{"the locked one", "acme/hunts@1.2.0", good.Bytes(), ""},
		{"another version", "acme/hunts@1.3.0", later.Bytes(), ""},
		{"changed after it was published", "acme/hunts@1.2.0", republished.Bytes(), "its digest is " + string(republished.Digest()) + ", locked is " + string(good.Digest())},
		{"an older version as a newer one", "acme/hunts@1.3.0", old.Bytes(), "acme/hunts@1.3.0 from here calls itself acme/hunts@1.1.0"},
		{"another name", "acme/other@1.2.0", good.Bytes(), "acme/other@1.2.0 from here calls itself acme/hunts@1.2.0"},
		{"no bundle", "acme/other@1.2.0", []byte("<html>"), "not a valid bundle"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			ref, err := bundle.ParseRef(tt.want)
			if err != nil {
				t.Fatal(err)
			}
			b, _, err := installed(t, good, nil).Accept(ref, "here", tt.data, nil)
			switch {
			case tt.wantErr == "" && (err != nil || b.Ref() != ref):
				t.Errorf("got %v, %v", b, err)
			case tt.wantErr != "" && (err == nil || b != nil || !strings.Contains(err.Error(), tt.wantErr)):
				t.Errorf("got error %v, want one with %q", err, tt.wantErr)
			}
		})
	}
}

func TestRequires(t *testing.T) {
	dns := build(t, bundle.Manifest{Name: "bob/dns", Version: "1.2.0", Description: "DNS."}, contents())
	m := manifest()
	m.Requires = []bundle.Requirement{{Name: "bob/dns", Version: "1.2.0", Digest: dns.Digest()}}
	b := build(t, m, contents())
	tests := []struct {
		name, version string
		digest        bundle.Digest
		wantErr       string
	}{
		{"the same", "1.2.0", dns.Digest(), ""},
		{"a later one", "1.10.0", zeroes, ""},
		{"none", "", "", "acme/hunts@1.2.0 requires bob/dns@1.2.0, which is not locked"},
		{"an older one", "1.1.9", zeroes, "acme/hunts@1.2.0 requires bob/dns@1.2.0, locked is the older 1.1.9"},
		{"a pre-release", "1.2.0-rc.1", zeroes, "locked is the older 1.2.0-rc.1"},
		{"other bytes", "1.2.0", zeroes, "its digest is " + string(dns.Digest()) + ", locked is " + zeroes},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			l := installed(t, b, nil)
			if tt.version != "" {
				l.Lock = l.Lock.With(bundle.Requirement{Name: "bob/dns", Version: tt.version, Digest: tt.digest})
			}
			_, _, err := l.Load("acme/hunts")
			if (err == nil) != (tt.wantErr == "") || err != nil && !strings.Contains(err.Error(), tt.wantErr) {
				t.Errorf("got error %v, want one with %q", err, tt.wantErr)
			}
		})
	}
}

func TestStore(t *testing.T) {
	b := build(t, manifest(), contents())
	l := installed(t, b, []byte("x"))
	list, err := l.Store.List()
	if err != nil || len(list) != 1 || list[0] != b.Digest() {
		t.Errorf("got %v, %v", list, err)
	}
	stray := l.Store.File(b.Digest()) + ".bak"
	if err := os.WriteFile(stray, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := l.Store.List(); err == nil || !strings.Contains(err.Error(), "it is not an installed bundle") {
		t.Errorf("a stray file: got error %v", err)
	}
	if err := os.Remove(stray); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if err := l.Store.Remove(b.Digest()); err != nil {
			t.Error(err)
		}
	}
	if list, err := l.Store.List(); err != nil || len(list) != 0 {
		t.Errorf("got %v, %v, want none", list, err)
	}
}
