package install_test

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/cbscript/cbscript/runtime/bundle"
	"github.com/cbscript/cbscript/runtime/bundle/install"
	"github.com/cbscript/cbscript/runtime/bundle/registry"
	"github.com/cbscript/cbscript/runtime/check"
)

// made is a bundle of one script that loads others. extra makes its bytes differ.
func made(t testing.TB, ref, extra string, requires ...*bundle.Bundle) *bundle.Bundle {
	t.Helper()
	r, err := bundle.ParseRef(ref)
	if err != nil {
		t.Fatal(err)
	}
	author, name, _ := strings.Cut(r.Name, "/")
	m := bundle.Manifest{Name: r.Name, Version: r.Version, Description: "A test."}
	source := fmt.Sprintf("meta(name = %q, version = %q, author = %q, description = \"A test.\", needs = [])\n", name, r.Version, author)
	for i, b := range requires {
		m.Requires = append(m.Requires, bundle.Requirement{Name: b.Ref().Name, Version: b.Ref().Version, Digest: b.Digest()})
		source += fmt.Sprintf("load(\"%s/x.star\", x%d = \"x\")\n", b.Ref().Name, i)
	}
	b, err := bundle.Build(m, map[string][]byte{"x.star": []byte(source + "x = 1\n" + extra)})
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// place is a registry with some bundles, and a loader with nothing.
func place(t testing.TB, published ...*bundle.Bundle) *install.Installer {
	t.Helper()
	r, err := registry.Open("dir:"+filepath.Join(t.TempDir(), "registry"), registry.Options{})
	if err != nil {
		t.Fatal(err)
	}
	for _, b := range published {
		if _, err := r.Publish(t.Context(), b, nil); err != nil {
			t.Fatal(err)
		}
	}
	return &install.Installer{Registry: r, Loader: &bundle.Loader{Store: bundle.NewStore(filepath.Join(t.TempDir(), "store"))}}
}

// lock makes a loader have bundles, without storing them.
func lock(l *bundle.Loader, bundles ...*bundle.Bundle) {
	for _, b := range bundles {
		l.Lock = l.Lock.With(bundle.Requirement{Name: b.Ref().Name, Version: b.Ref().Version, Digest: b.Digest()})
	}
}

func TestInstall(t *testing.T) {
	dns1, dns2, dns2b := made(t, "bob/dns@1.0.0", ""), made(t, "bob/dns@2.0.0", ""), made(t, "bob/dns@2.0.0", "y = 2\n")
	net := made(t, "acme/net@1.0.0", "", dns1)
	web := made(t, "acme/web@1.0.0", "", dns2)
	top := made(t, "acme/top@1.0.0", "", net, web)
	other := made(t, "acme/other@1.0.0", "", dns2b)
	bad := made(t, "acme/bad@1.0.0", "password = \"correct horse battery\"\n")
	all := []*bundle.Bundle{dns1, dns2, net, web, top, other, bad}
	tests := []struct {
		name    string
		locked  []*bundle.Bundle
		stored  []*bundle.Bundle
		refs    []string
		want    []string // what is locked afterwards
		done    []string // what was told
		wantErr string
	}{
		{"one", nil, nil, []string{"bob/dns@1.0.0"}, []string{"bob/dns@1.0.0"}, []string{"bob/dns@1.0.0"}, ""},
		{"what it requires", nil, nil, []string{"acme/net@1.0.0"}, []string{"acme/net@1.0.0", "bob/dns@1.0.0"},
			[]string{"acme/net@1.0.0", "bob/dns@1.0.0 by acme/net@1.0.0"}, ""},
		{"the later of two that are required", nil, nil, []string{"acme/top@1.0.0"}, []string{"acme/net@1.0.0", "acme/top@1.0.0", "acme/web@1.0.0", "bob/dns@2.0.0"},
			[]string{"acme/top@1.0.0", "acme/net@1.0.0 by acme/top@1.0.0", "acme/web@1.0.0 by acme/top@1.0.0", "bob/dns@1.0.0 by acme/net@1.0.0", "bob/dns@2.0.0 by acme/web@1.0.0 after 1.0.0"}, ""},
		{"a later one is there", []*bundle.Bundle{dns2}, []*bundle.Bundle{dns2}, []string{"acme/net@1.0.0"}, []string{"acme/net@1.0.0", "bob/dns@2.0.0"}, []string{"acme/net@1.0.0"}, ""},
		{"a later one is locked, but not stored", []*bundle.Bundle{dns2}, nil, []string{"acme/net@1.0.0"}, []string{"acme/net@1.0.0", "bob/dns@2.0.0"},
			[]string{"acme/net@1.0.0", "bob/dns@2.0.0 after 2.0.0"}, ""},
		{"an older one is there", []*bundle.Bundle{dns1}, []*bundle.Bundle{dns1}, []string{"acme/web@1.0.0"}, []string{"acme/web@1.0.0", "bob/dns@2.0.0"},
			[]string{"acme/web@1.0.0", "bob/dns@2.0.0 by acme/web@1.0.0 after 1.0.0"}, ""},
		{"back to an older one", []*bundle.Bundle{dns2}, []*bundle.Bundle{dns2}, []string{"bob/dns@1.0.0"}, []string{"bob/dns@1.0.0"}, []string{"bob/dns@1.0.0 after 2.0.0"}, ""},
		{"there already", []*bundle.Bundle{dns1}, []*bundle.Bundle{dns1}, []string{"bob/dns@1.0.0"}, []string{"bob/dns@1.0.0"}, []string{"bob/dns@1.0.0 after 1.0.0, was there"}, ""},
		{"both at once, too old", nil, nil, []string{"acme/web@1.0.0", "bob/dns@1.0.0"}, nil, nil, `"bob/dns@1.0.0": it is too old for acme/web@1.0.0, which requires bob/dns@2.0.0`},
		{"two versions of one", nil, nil, []string{"bob/dns@1.0.0", "bob/dns@2.0.0"}, nil, nil, "another version of it is to be installed, too: bob/dns@1.0.0"},
		{"not published", nil, nil, []string{"acme/none@1.0.0"}, nil, nil, "it is not published there"},
		{"required, but published with other bytes", nil, nil, []string{"acme/other@1.0.0"}, nil, nil,
			"its digest is " + string(dns2.Digest()) + ", locked is " + string(dns2b.Digest())},
		{"required, but locked with other bytes", []*bundle.Bundle{dns2}, []*bundle.Bundle{dns2}, []string{"acme/other@1.0.0"}, nil, nil,
			"in the manifest of acme/other@1.0.0 is not the locked one"},
		{"locked with other bytes", []*bundle.Bundle{dns2b}, nil, []string{"bob/dns@2.0.0"}, nil, nil, "its digest is " + string(dns2.Digest()) + ", locked is " + string(dns2b.Digest())},
		{"refused by the check", nil, nil, []string{"acme/bad@1.0.0"}, nil, nil, "bundle acme/bad@1.0.0: the check refuses it"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			i := place(t, all...)
			lock(i.Loader, tt.locked...)
			for _, b := range tt.stored {
				if err := i.Loader.Store.Put(b, nil); err != nil {
					t.Fatal(err)
				}
			}
			var refs []bundle.Ref
			for _, text := range tt.refs {
				ref, err := bundle.ParseRef(text)
				if err != nil {
					t.Fatal(err)
				}
				refs = append(refs, ref)
			}
			before := i.Loader.Lock
			installed, after, err := i.Install(t.Context(), refs)
			if diff := cmp.Diff(before, i.Loader.Lock); diff != "" {
				t.Errorf("the loader's lock was changed (-want +got)\n%s", diff)
			}
			if tt.wantErr != "" {
				if err == nil || after != nil || !strings.Contains(err.Error(), tt.wantErr) {
					t.Errorf("got error %v, want one with %q", err, tt.wantErr)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			var locked, done []string
			for _, e := range after.Entries {
				locked = append(locked, e.Ref().String())
			}
			for _, one := range installed {
				done = append(done, describe(one))
			}
			if diff := cmp.Diff(tt.want, locked); diff != "" {
				t.Errorf("locked (-want +got)\n%s", diff)
			}
			if diff := cmp.Diff(tt.done, done); diff != "" {
				t.Errorf("installed (-want +got)\n%s", diff)
			}
			i.Loader.Lock = after
			for _, e := range after.Entries {
				if _, _, err := i.Loader.Load(e.Name); err != nil {
					t.Errorf("what was installed cannot be loaded: %v", err)
				}
			}
		})
	}
}

func describe(i install.Installed) string {
	text := i.Bundle.Ref().String()
	if i.By.Name != "" {
		text += " by " + i.By.String()
	}
	if i.Before != "" {
		text += " after " + i.Before
	}
	if i.There {
		text += ", was there"
	}
	return text
}

func TestRefused(t *testing.T) {
	bad := made(t, "acme/bad@1.0.0", "password = \"correct horse battery\"\n")
	i := place(t, bad)
	var told []string
	i.Refused = func(ref bundle.Ref, err error) error { told = append(told, ref.String()); return nil }
	if _, _, err := i.Install(t.Context(), []bundle.Ref{bad.Ref()}); err != nil {
		t.Error(err)
	}
	if diff := cmp.Diff([]string{"acme/bad@1.0.0"}, told); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

func TestRequireSigned(t *testing.T) {
	dns := made(t, "bob/dns@1.0.0", "")
	i := place(t, dns)
	i.Loader.RequireSigned = true
	_, _, err := i.Install(t.Context(), []bundle.Ref{dns.Ref()})
	var signature *bundle.SignatureError
	if !errors.As(err, &signature) {
		t.Errorf("got error %v, want a SignatureError", err)
	}
	if list, err := i.Loader.Store.List(); err != nil || len(list) > 0 {
		t.Errorf("stored are %v, %v, want nothing", list, err)
	}
}

func TestCancelled(t *testing.T) {
	dns := made(t, "bob/dns@1.0.0", "")
	i := place(t, dns)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, _, err := i.Install(ctx, []bundle.Ref{dns.Ref()}); err == nil {
		t.Error("was installed")
	}
}

// A bundle is published in a directory and installed from it.
func Example() {
	ctx := context.Background()
	dir, err := os.MkdirTemp("", "bundles")
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(dir)
	b, err := bundle.Build(
		bundle.Manifest{Name: "acme/net", Version: "1.0.0", Description: "Networks."},
		map[string][]byte{"ip.star": []byte("meta(name=\"net\", version=\"1.0.0\", author=\"acme\", description=\"Networks.\", needs=[])\n")})
	if err != nil {
		log.Fatal(err)
	}
	r, err := registry.Open("dir:"+filepath.Join(dir, "registry"), registry.Options{})
	if err != nil {
		log.Fatal(err)
	}
	if _, err := r.Publish(ctx, b, nil); err != nil {
		log.Fatal(err)
	}

	lock, err := bundle.ReadLock(filepath.Join(dir, bundle.LockName))
	if err != nil {
		log.Fatal(err)
	}
	loader := &bundle.Loader{Store: bundle.NewStore(filepath.Join(dir, "store")), Lock: lock}
	i := install.Installer{Registry: r, Loader: loader, Check: check.Options{}}
	_, lock, err = i.Install(ctx, []bundle.Ref{b.Ref()})
	if err != nil {
		log.Fatal(err)
	}
	if err := lock.Write(); err != nil {
		log.Fatal(err)
	}
	loader.Lock = lock
	files, err := loader.Files(ctx, "acme/net")
	if err != nil {
		log.Fatal(err)
	}
	names, err := fs.Glob(files, "*.star")
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(lock.Entries[0].Ref(), names)
	// Output: acme/net@1.0.0 [ip.star]
}
