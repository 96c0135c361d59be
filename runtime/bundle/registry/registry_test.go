package registry_test

import (
	"bytes"
	"encoding/base64"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/cbscript/cbscript/runtime/bundle"
	"github.com/cbscript/cbscript/runtime/bundle/ocitest"
	"github.com/cbscript/cbscript/runtime/bundle/registry"
)

func build(t testing.TB, version, source string) *bundle.Bundle {
	t.Helper()
	b, err := bundle.Build(bundle.Manifest{Name: "acme/hunts", Version: version, Description: "Hunts."}, map[string][]byte{"net.star": []byte(source)})
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func open(t testing.TB, place string, o registry.Options) *registry.Registry {
	t.Helper()
	if o.Client == nil {
		o.Client = &http.Client{} // without trying again: the tests' faults do not go away
	}
	r, err := registry.Open(place, o)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// TestPublishAndFetch does the same with each kind of registry.
func TestPublishAndFetch(t *testing.T) {
	for name, place := range map[string]func(t *testing.T) string{
		"oci":       func(t *testing.T) string { return ocitest.New(t.Cleanup).Place() + "/team/modules" },
		"top":       func(t *testing.T) string { return ocitest.New(t.Cleanup).Place() },
		"directory": func(t *testing.T) string { return "dir:" + filepath.Join(t.TempDir(), "made", "on demand") },
	} {
		t.Run(name, func(t *testing.T) {
			ctx := t.Context()
			r := open(t, place(t), registry.Options{})
			old, b := build(t, "1.9.0", "x = 1"), build(t, "1.10.0", "x = 2")
			if _, err := r.Fetch(ctx, b.Ref()); !errors.Is(err, fs.ErrNotExist) {
				t.Errorf("before it is published: got error %v", err)
			}
			if _, err := r.Versions(ctx, "acme/hunts"); !errors.Is(err, fs.ErrNotExist) {
				t.Errorf("versions before it is published: got error %v", err)
			}
			publish := func(b *bundle.Bundle, signature []byte, want bool) {
				t.Helper()
				if got, err := r.Publish(ctx, b, signature); err != nil || got != want {
					t.Errorf("publish %s: got %v, %v, want %v", b.Ref(), got, err, want)
				}
			}
			fetch := func(b *bundle.Bundle, signature []byte) {
				t.Helper()
				found, err := r.Fetch(ctx, b.Ref())
				if err != nil {
					t.Fatal(err)
				}
				if diff := cmp.Diff(registry.Found{Bundle: b.Bytes(), Signature: signature}, found); diff != "" {
					t.Errorf("%s (-want +got)\n%s", b.Ref(), diff)
				}
			}
			publish(old, nil, true)
			publish(b, []byte("signature 1"), true)
			fetch(old, nil)
			fetch(b, []byte("signature 1"))
			publish(b, []byte("signature 1"), false)
			publish(b, nil, false)
			fetch(b, []byte("signature 1"))
			publish(b, []byte("signature 2"), true)
			fetch(b, []byte("signature 2"))
			publish(old, []byte("signature 3"), true)
			fetch(old, []byte("signature 3"))

			changed := build(t, "1.10.0", "x = 3")
			_, err := r.Publish(ctx, changed, nil)
			want := fmt.Sprintf("that version is published already, with the digest %s instead of %s", b.Digest(), changed.Digest())
			if err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("published again with other bytes: got error %v, want one with %q", err, want)
			}
			fetch(b, []byte("signature 2"))
			versions, err := r.Versions(ctx, "acme/hunts")
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff([]string{"1.10.0", "1.9.0"}, versions); diff != "" {
				t.Errorf("versions (-want +got)\n%s", diff)
			}
			if _, err := r.Fetch(ctx, bundle.Ref{Name: "acme/../hunts", Version: "1.0.0"}); err == nil || errors.Is(err, fs.ErrNotExist) {
				t.Errorf("a name that leaves the registry: got error %v", err)
			}
		})
	}
}

func TestCredentials(t *testing.T) {
	server := ocitest.New(t.Cleanup)
	server.Protect("ci", "hunter2-hunter2")
	config := filepath.Join(t.TempDir(), "config.json")
	b := build(t, "1.0.0", "x = 1")
	write := func(secret string) {
		auth := base64.StdEncoding.EncodeToString([]byte("ci:" + secret))
		if err := os.WriteFile(config, fmt.Appendf(nil, `{"auths": {%q: {"auth": %q}}}`, server.Place(), auth), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	refused := func(what string) {
		t.Helper()
		_, err := open(t, server.Place(), registry.Options{DockerConfig: config}).Publish(t.Context(), b, nil)
		var e *registry.Error
		if !errors.As(err, &e) || e.Kind() != "CredentialError" || !strings.Contains(e.Hint(), "docker login "+server.Place()) {
			t.Errorf("%s: got error %v", what, err)
		}
		if err != nil && strings.Contains(err.Error(), "wrong-password") {
			t.Errorf("the error has the password: %v", err)
		}
	}
	refused("without a file")
	write("wrong-password")
	refused("with a wrong password")
	write("hunter2-hunter2")
	r := open(t, server.Place(), registry.Options{DockerConfig: config})
	if _, err := r.Publish(t.Context(), b, nil); err != nil {
		t.Error(err)
	}
	if err := os.WriteFile(config, []byte("{"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := registry.Open(server.Place(), registry.Options{DockerConfig: config}); err == nil || !strings.Contains(err.Error(), config) {
		t.Errorf("with a broken file: got error %v", err)
	}
}

// TestHostileRegistry gives something else than what was published.
func TestHostileRegistry(t *testing.T) {
	tests := []struct {
		name     string
		change   func(s *ocitest.Server)
		wantErr  string
		wantKind string
	}{
		{"changed bytes", func(s *ocitest.Server) {
			s.Tamper("x/acme/hunts", func(b []byte) []byte { b[0] ^= 1; return b })
		}, "mismatch", "ServerError"},
		{"more bytes", func(s *ocitest.Server) {
			s.Tamper("x/acme/hunts", func(b []byte) []byte { return append(b, 0) })
		}, "", "ServerError"},
		{"fewer bytes", func(s *ocitest.Server) {
			s.Tamper("x/acme/hunts", func(b []byte) []byte { return b[:len(b)-1] })
		}, "", "ServerError"},
		{"down", func(s *ocitest.Server) { s.Fail(http.StatusInternalServerError) }, "status 500", "ServerError"},
		{"forbidden", func(s *ocitest.Server) { s.Fail(http.StatusForbidden) }, "status 403", "CredentialError"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := ocitest.New(t.Cleanup)
			r := open(t, s.Place()+"/x", registry.Options{})
			b := build(t, "1.0.0", "x = 1")
			if _, err := r.Publish(t.Context(), b, []byte("signature")); err != nil {
				t.Fatal(err)
			}
			tt.change(s)
			found, err := r.Fetch(t.Context(), b.Ref())
			var e *registry.Error
			if !errors.As(err, &e) || e.Kind() != tt.wantKind || !strings.Contains(err.Error(), tt.wantErr) || e.Hint() == "" {
				t.Errorf("got %v, error %v, want a %s with %q and a hint", found, err, tt.wantKind, tt.wantErr)
			}
		})
	}
}

// TestOldVersionUnderANewTag shows that a registry can only be believed as far as Accept goes.
func TestOldVersionUnderANewTag(t *testing.T) {
	s := ocitest.New(t.Cleanup)
	r := open(t, s.Place(), registry.Options{})
	b := build(t, "1.0.0", "x = 1")
	if _, err := r.Publish(t.Context(), b, nil); err != nil {
		t.Fatal(err)
	}
	s.Retag("acme/hunts", "1.0.0", "1.1.0")
	want := bundle.Ref{Name: "acme/hunts", Version: "1.1.0"}
	found, err := r.Fetch(t.Context(), want)
	if err != nil || !bytes.Equal(found.Bundle, b.Bytes()) {
		t.Fatalf("got %v, %v", found, err)
	}
	loader := &bundle.Loader{Store: bundle.NewStore(t.TempDir())}
	if _, _, err := loader.Accept(want, r.Place(), found.Bundle, found.Signature); err == nil || !strings.Contains(err.Error(), "calls itself acme/hunts@1.0.0") {
		t.Errorf("got error %v", err)
	}
}

// TestForeignArtifact has the tag name something that another program has put there.
func TestForeignArtifact(t *testing.T) {
	s := ocitest.New(t.Cleanup)
	body := `{"schemaVersion":2,"mediaType":"application/vnd.oci.image.manifest.v1+json","config":{"mediaType":"x/y","digest":"sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a","size":2},"layers":[]}`
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPut, "http://"+s.Place()+"/v2/acme/hunts/manifests/1.0.0", strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/vnd.oci.image.manifest.v1+json")
	answer, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	answer.Body.Close()
	_, err = open(t, s.Place(), registry.Options{}).Fetch(t.Context(), bundle.Ref{Name: "acme/hunts", Version: "1.0.0"})
	if err == nil || !strings.Contains(err.Error(), "what is there was not published by cbscript") {
		t.Errorf("got error %v", err)
	}
}

func TestOpen(t *testing.T) {
	tests := []struct {
		place, dir, wantErr string
	}{
		{"ghcr.io/acme/cbscript", "", ""},
		{"localhost:5000", "", ""},
		{"[::1]:5000/x", "", ""},
		{"./bundles", "./bundles", ""},
		{"../bundles", "../bundles", ""},
		{"/srv/bundles", "/srv/bundles", ""},
		{"dir:bundles", "bundles", ""},
		{".", ".", ""},
		{"https://ghcr.io/acme", "", "it is not the address of a registry"},
		{"ghcr.io/Acme", "", "it is not the address of a registry"},
		{"ghcr.io/acme:1", "", "it is not the address of a registry"},
		{"user:secret@ghcr.io/x", "", "it is not the address of a registry"},
		{"", "", "it is not the address of a registry"},
	}
	for _, tt := range tests {
		_, err := registry.Open(tt.place, registry.Options{})
		if err != nil && strings.Contains(err.Error(), "secret") {
			t.Errorf("%s: the error has the password: %v", tt.place, err)
		}
		if (err == nil) != (tt.wantErr == "") || err != nil && !strings.Contains(err.Error(), tt.wantErr) {
			t.Errorf("%s: got error %v, want %q", tt.place, err, tt.wantErr)
		}
		if dir, _ := registry.Directory(tt.place); dir != tt.dir {
			t.Errorf("%s: got the directory %q, want %q", tt.place, dir, tt.dir)
		}
	}
}

// TestUnreachable also shows that a registry elsewhere is never spoken to without TLS.
func TestUnreachable(t *testing.T) {
	r := open(t, "registry.invalid/x", registry.Options{Client: &http.Client{Transport: roundTripper(func(req *http.Request) (*http.Response, error) {
		if req.URL.Scheme != "https" {
			t.Errorf("asked %s", req.URL)
		}
		return nil, errors.New("no such host")
	})}})
	_, err := r.Fetch(t.Context(), bundle.Ref{Name: "acme/hunts", Version: "1.0.0"})
	var e *registry.Error
	if !errors.As(err, &e) || e.Kind() != "ServerError" || !strings.Contains(err.Error(), "no such host") {
		t.Errorf("got error %v", err)
	}
}

type roundTripper func(*http.Request) (*http.Response, error)

func (f roundTripper) RoundTrip(req *http.Request) (*http.Response, error) { return f(req) }
