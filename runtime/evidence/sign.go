package evidence

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"

	"aead.dev/minisign"

	"github.com/cbscript/cbscript/builtins"
)

// maxSignature bounds a signature file, in bytes.
const maxSignature = 4 << 10

// Sign verifies a folder and signs its manifest, when everything is in order. The signature is beside the manifest, in the
// place of an earlier one, in the format of the program minisign. Reports with findings are given back without a
// signature. A manifest that another run writes is a [*ManifestError].
func Sign(ctx context.Context, dir string, key minisign.PrivateKey) (*Report, error) {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, fmt.Errorf("open the folder: %w", err)
	}
	defer root.Close()
	if m, err := openRead(root, dir); err != nil { // before openManifest would make one
		return nil, err
	} else if err := m.Close(); err != nil {
		return nil, err
	}
	m, err := openManifest(root, dir)
	if err != nil {
		return nil, err
	}
	defer m.f.Close()
	report, err := Verify(ctx, dir, Expected{})
	if err != nil || len(report.Findings) > 0 {
		return report, err
	}
	r := minisign.NewReader(io.NewSectionReader(m.f, 0, m.size))
	if _, err := io.Copy(io.Discard, r); err != nil {
		return nil, fmt.Errorf("read the manifest: %w", cause(err))
	}
	text := r.SignWithComments(key, fmt.Sprintf("cbscript evidence %s", report.Manifest), "signature of "+builtins.ManifestName)
	part := builtins.PartPrefix + "signature.part"
	err = root.WriteFile(part, text, 0o600)
	if err == nil {
		err = root.Rename(part, builtins.SignatureName)
	}
	if err != nil {
		_ = root.Remove(part) // the first error is the one to know
		return nil, fmt.Errorf("write the signature: %w", cause(err))
	}
	report.Key = fmt.Sprintf("%016X", key.ID())
	return report, nil
}

// signature compares the signature with the manifest, and finds out whose it is.
func (v *verifier) signature(m io.ReadSeeker, key *minisign.PublicKey) error {
	text, err := v.readSignature()
	if errors.Is(err, fs.ErrNotExist) && key == nil {
		return nil
	}
	if err != nil {
		v.find(Signature, builtins.SignatureName, 0, "it cannot be read: %v", cause(err))
		return nil
	}
	var s minisign.Signature
	if err := s.UnmarshalText(text); err != nil {
		v.find(Signature, builtins.SignatureName, 0, "it is no signature")
		return nil
	}
	v.report.SignedBy = fmt.Sprintf("%016X", s.KeyID)
	if key == nil {
		return nil
	}
	if _, err := m.Seek(0, io.SeekStart); err != nil {
		return fmt.Errorf("read the manifest: %w", cause(err))
	}
	r := minisign.NewReader(m)
	if _, err := io.Copy(io.Discard, r); err != nil {
		return fmt.Errorf("read the manifest: %w", cause(err))
	}
	switch {
	case key.ID() != s.KeyID:
		v.find(Signature, builtins.SignatureName, 0, "it is by the key %s, not by %016X", v.report.SignedBy, key.ID())
	case !r.Verify(*key, bytes.Clone(text)):
		v.find(Signature, builtins.SignatureName, 0, "it is not that of this manifest: the manifest was changed after it was signed, or further files were saved")
	default:
		v.report.Key = v.report.SignedBy
	}
	return nil
}

// readSignature reads the file of the signature.
func (v *verifier) readSignature() ([]byte, error) {
	f, err := v.root.Open(builtins.SignatureName)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return io.ReadAll(io.LimitReader(f, maxSignature))
}
