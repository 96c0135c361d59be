package bundle

import (
	"bytes"
	"fmt"

	"aead.dev/minisign"
)

// maxSignature bounds a signature file, in bytes.
const maxSignature = 4 << 10

// SignatureSuffix is what the name of a signature has behind the name of the signed file, as minisign writes it.
const SignatureSuffix = ".minisig"

// Sign signs a bundle's bytes. The signature is a text that the program minisign can check too; it is the same for the same
// bundle and key. Its trusted comment says which bundle it was made for.
func Sign(b *Bundle, key minisign.PrivateKey) []byte {
	r := minisign.NewReader(bytes.NewReader(b.data))
	buffer := make([]byte, 64<<10)
	for {
		if _, err := r.Read(buffer); err != nil {
			break // of a reader of bytes in memory: the end
		}
	}
	return r.SignWithComments(key, fmt.Sprintf("cbscript bundle %s %s", b.Ref(), b.digest), "signature of "+b.Ref().String())
}

// A SignatureError says why a bundle's signature is not enough.
type SignatureError struct {
	Bundle Ref
	Reason string
	Advice string // what to do
}

// Error names the bundle and the reason.
func (e *SignatureError) Error() string { return fmt.Sprintf("bundle %s: %s", e.Bundle, e.Reason) }

// Kind is "SignatureError".
func (e *SignatureError) Kind() string { return "SignatureError" }

// Facts are bundle.
func (e *SignatureError) Facts() map[string]any { return map[string]any{"bundle": e.Bundle.String()} }

// Hint says what to do next.
func (e *SignatureError) Hint() string { return e.Advice }

// A Verdict is what is known of a bundle's origin.
type Verdict struct {
	Signed bool   // there is a signature
	Key    string // the id of the trusted key that made it, in hexadecimal; empty when no key of the author is trusted
}

// String is "signed by ID", "signed by a key that is not trusted" or "not signed".
func (v Verdict) String() string {
	switch {
	case v.Key != "":
		return "signed by " + v.Key
	case v.Signed:
		return "signed by a key that is not trusted"
	}
	return "not signed"
}

// keyID gives the id of a key as the program minisign shows it.
func keyID(id uint64) string { return fmt.Sprintf("%016X", id) }

// judge checks the signature of a bundle; nil stands for none. An author with trusted keys must have signed with one of
// them: else whoever can replace the bundle would only have to leave the signature out, too.
func (t *Trust) judge(b *Bundle, signature []byte, require bool) (Verdict, error) {
	fail := func(advice, format string, args ...any) (Verdict, error) {
		return Verdict{}, &SignatureError{b.Ref(), fmt.Sprintf(format, args...), advice}
	}
	author := b.manifest.Author()
	keys := t.Keys(author)
	if signature == nil {
		switch {
		case len(keys) > 0:
			return fail("get the signature from the author, or take the author's key out of the file of trusted keys",
				"it is not signed, but you trust a key of %s", author)
		case require || t.requireSigned():
			return fail("ask its author to sign it", "it is not signed, and only signed bundles are accepted")
		}
		return Verdict{}, nil
	}
	var s minisign.Signature
	if err := s.UnmarshalText(signature); err != nil || len(signature) > maxSignature {
		return fail("get it again from where it was published", "its signature cannot be read")
	}
	if len(keys) == 0 {
		if require || t.requireSigned() {
			return fail(fmt.Sprintf("once you have the key from the author by a way that you trust: cbscript trust %s KEY", author),
				"it is signed by the key %s, and no key of %s is trusted", keyID(s.KeyID), author)
		}
		return Verdict{Signed: true}, nil
	}
	for _, key := range keys {
		if key.ID() != s.KeyID {
			continue
		}
		if !minisign.Verify(key, b.data, signature) {
			return fail("do not use it: get it again, and ask the author if it happens again",
				"its signature is not that of these bytes by the key %s", keyID(s.KeyID))
		}
		return Verdict{Signed: true, Key: keyID(s.KeyID)}, nil
	}
	return fail("ask the author whether the key is new; cbscript trust adds it", "it is signed by the key %s, which is not among the trusted keys of %s",
		keyID(s.KeyID), author)
}
