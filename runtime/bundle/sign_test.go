package bundle_test

import (
	"bytes"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	goruntime "runtime"
	"strings"
	"testing"

	"aead.dev/minisign"

	"github.com/cbscript/cbscript/runtime/bundle"
)

// newKey makes a key that is the same for the same seed.
func newKey(t testing.TB, seed byte) (minisign.PublicKey, minisign.PrivateKey) {
	t.Helper()
	public, private, err := minisign.GenerateKey(rand.NewChaCha8([32]byte{seed}))
	if err != nil {
		t.Fatal(err)
	}
	return public, private
}

// trustOf makes the trust of a file's text.
func trustOf(t testing.TB, text string) *bundle.Trust {
	t.Helper()
	trust, err := bundle.ParseTrust("trusted-keys", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return trust
}

// installed makes a loader whose lock has the bundle.
func installed(t testing.TB, b *bundle.Bundle, signature []byte) *bundle.Loader {
	t.Helper()
	dir := t.TempDir()
	l := &bundle.Loader{Store: bundle.NewStore(filepath.Join(dir, "bundles"))}
	if err := l.Store.Put(b, signature); err != nil {
		t.Fatal(err)
	}
	l.Lock = (&bundle.Lock{File: "cbscript.lock"}).With(bundle.Requirement{Name: b.Ref().Name, Version: b.Ref().Version, Digest: b.Digest()})
	return l
}

func TestSignatures(t *testing.T) {
	b := build(t, manifest(), contents())
	public, private := newKey(t, 1)
	other, otherPrivate := newKey(t, 2)
	m := manifest()
	m.Version = "1.1.0"
	old := build(t, m, contents())
	good := bundle.Sign(b, private)
	acme, bob := fmt.Sprintf("acme %s\n", public), fmt.Sprintf("bob %s\n", public)
	tests := []struct {
		name      string
		trust     string
		require   bool
		signature []byte
		want      string
		wantErr   string
	}{
		{"signed and trusted", acme, false, good, "signed by " + keyID(public), ""},
		{"signed and trusted, required", acme, true, good, "signed by " + keyID(public), ""},
		{"the second of two keys", fmt.Sprintf("acme %s\nacme %s\n", other, public), true, good, "signed by " + keyID(public), ""},
		{"signed by minisign's older form", acme, true, minisign.Sign(private, b.Bytes()), "signed by " + keyID(public), ""},
		{"line ends of Windows", acme, true, bytes.ReplaceAll(good, []byte("\n"), []byte("\r\n")), "signed by " + keyID(public), ""},
		{"not signed, nothing trusted", "", false, nil, "not signed", ""},
		{"signed, nothing trusted", "", false, good, "signed by a key that is not trusted", ""},
		{"signed, another author trusted", bob, false, good, "signed by a key that is not trusted", ""},
		{"not signed, required", "", true, nil, "", "it is not signed, and only signed bundles are accepted"},
		{"not signed, required by the file", "require-signed\n", false, nil, "", "it is not signed, and only signed bundles are accepted"},
		{"signed, nothing trusted, required", "", true, good, "", "no key of acme is trusted"},
		{"another author's key, required", bob, true, good, "", "no key of acme is trusted"},
		{"not signed, the author trusted", acme, false, nil, "", "it is not signed, but you trust a key of acme"},
		{"wrong key", acme, false, bundle.Sign(b, otherPrivate), "", "which is not among the trusted keys of acme"},
		{"wrong key under the right id", acme, false, withKeyID(t, bundle.Sign(b, otherPrivate), public.ID()), "", "its signature is not that of these bytes"},
		{"signature of an older version", acme, false, bundle.Sign(old, private), "", "its signature is not that of these bytes"},
		{"changed comment", acme, false, bytes.Replace(good, []byte("@1.2.0 sha"), []byte("@9.2.0 sha"), 1), "", "its signature is not that of these bytes"},
		{"no signature at all", acme, false, []byte("untrusted comment: x\n"), "", "its signature cannot be read"},
		{"empty signature", "", false, []byte{}, "", "its signature cannot be read"},
		{"long signature", acme, false, append(bytes.Clone(good), bytes.Repeat([]byte("\n"), 5000)...), "", "its signature"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			l := installed(t, b, nil)
			l.Trust, l.RequireSigned = trustOf(t, tt.trust), tt.require
			_, verdict, err := l.Accept(b.Ref(), "a registry", b.Bytes(), tt.signature)
			check(t, verdict, err, tt.want, tt.wantErr)
			if len(tt.signature) > 4096 {
				return // is no file that Put would have got
			}
			if err := l.Store.Put(b, tt.signature); err != nil {
				t.Fatal(err)
			}
			_, verdict, err = l.Load("acme/hunts")
			check(t, verdict, err, tt.want, tt.wantErr)
		})
	}
}

func check(t *testing.T, verdict bundle.Verdict, err error, want, wantErr string) {
	t.Helper()
	if wantErr == "" {
		if err != nil || verdict.String() != want {
			t.Errorf("got %q, %v, want %q", verdict, err, want)
		}
		return
	}
	var signature *bundle.SignatureError
	if !errors.As(err, &signature) || !strings.Contains(err.Error(), wantErr) || signature.Hint() == "" {
		t.Errorf("got error %v, want a SignatureError with %q and a hint", err, wantErr)
	}
}

func keyID(k minisign.PublicKey) string { return fmt.Sprintf("%016X", k.ID()) }

// withKeyID writes another key's id into a signature.
func withKeyID(t *testing.T, signature []byte, id uint64) []byte {
	t.Helper()
	var s minisign.Signature
	if err := s.UnmarshalText(signature); err != nil {
		t.Fatal(err)
	}
	s.KeyID = id
	text, err := s.MarshalText()
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// TestSignatureIsTheSame for the same bundle and key, so that publishing again changes nothing.
func TestSignatureIsTheSame(t *testing.T) {
	b := build(t, manifest(), contents())
	_, private := newKey(t, 1)
	if !bytes.Equal(bundle.Sign(b, private), bundle.Sign(b, private)) {
		t.Error("two signatures differ")
	}
}

func TestParseTrust(t *testing.T) {
	public, _ := newKey(t, 1)
	tests := []struct{ name, text, wantErr string }{
		{"empty", "", ""},
		{"comments", "# mine\n\nacme " + public.String() + " # laptop\nrequire-signed # always\n", ""},
		{"line ends of Windows", "require-signed\r\nacme " + public.String() + "\r\n", ""},
		{"one word", "acme\n", "keys:1: got 1 words, want an author and a public key"},
		{"three words", "\nacme x y\n", "keys:2: got 3 words"},
		{"no key", "acme RWxyz\n", `keys:1: "RWxyz" is not a public key`},
		{"misspelt", "requires-signed\n", "keys:1: got 1 words"},
		{"no author", "* " + public.String() + "\n", `keys:1: "*": it is not an author`},
		{"a bundle for an author", "acme/hunts " + public.String() + "\n", "an author has no slash"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			trust, err := bundle.ParseTrust("keys", []byte(tt.text))
			if tt.wantErr != "" {
				if err == nil || !strings.Contains(err.Error(), tt.wantErr) {
					t.Errorf("got error %v, want one with %q", err, tt.wantErr)
				}
				return
			}
			if err != nil || trust.RequireSigned() != strings.Contains(tt.text, "require") || len(trust.Authors()) != strings.Count(tt.text, "acme") {
				t.Errorf("got %+v, %v", trust, err)
			}
		})
	}
}

func TestAddTrust(t *testing.T) {
	file := filepath.Join(t.TempDir(), "cbscript", "trusted-keys")
	public, _ := newKey(t, 1)
	text, err := public.MarshalText()
	if err != nil {
		t.Fatal(err)
	}
	for i, key := range []string{string(text) + "\n", public.String()} {
		id, added, err := bundle.AddTrust(file, "acme", key)
		if err != nil || id != keyID(public) || added != (i == 0) {
			t.Errorf("got %s, %v, %v", id, added, err)
		}
	}
	trust, warning, err := bundle.ReadTrust(file)
	if err != nil || warning != "" || len(trust.Keys("acme")) != 1 || len(trust.Keys("bob")) != 0 {
		t.Errorf("got %+v, %q, %v", trust, warning, err)
	}
	if _, _, err := bundle.AddTrust(file, "acme/hunts", public.String()); err == nil {
		t.Error("a bundle was taken for an author")
	}
	if _, _, err := bundle.AddTrust(file, "acme", "RWnokey"); err == nil {
		t.Error("a text was taken for a key")
	}
	if goruntime.GOOS == "windows" {
		return
	}
	for _, tt := range []struct {
		name string
		mode os.FileMode
		want bool
	}{{file, 0o644, false}, {file, 0o664, true}, {file, 0o646, true}, {file, 0o600, false}, {filepath.Dir(file), 0o777, true}, {filepath.Dir(file), 0o755, false}} {
		if err := os.Chmod(tt.name, tt.mode); err != nil {
			t.Fatal(err)
		}
		if _, warning, _ := bundle.ReadTrust(file); (warning != "") != tt.want {
			t.Errorf("mode %o of %s: got the warning %q", tt.mode, tt.name, warning)
		}
	}
}
