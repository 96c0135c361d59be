package gate

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"strings"

	"github.com/cbscript/cbscript/client/credentials"
)

// secretKeys are parts of names under which the servers' objects carry credentials, without case and separators.
// Source: field-notes.md, A.4.
func secretKeys() []string {
	return []string{"password", "passwd", "passphrase", "secret", "token", "apikey", "clientkey", "privatekey", "credential"}
}

// isSecretKey reports whether a value of that name is a credential, as auth_token, apiToken or ssl_client_key.
func isSecretKey(name string) bool {
	name = strings.ToLower(strings.NewReplacer("_", "", "-", "").Replace(name))
	for _, part := range secretKeys() {
		if strings.Contains(name, part) {
			return true
		}
	}
	return false
}

// RedactJSON gives a JSON text with [credentials.Redacted] in the place of every value whose name says that it is a
// credential, whatever its type, and every other byte as it was. It fails on what is not JSON.
func RedactJSON(text []byte) (string, error) {
	w := jsonRedactor{text: text, d: json.NewDecoder(bytes.NewReader(text))}
	w.d.UseNumber()
	if err := w.value(0); err != nil {
		return "", err
	}
	if _, err := w.d.Token(); !errors.Is(err, io.EOF) {
		return "", errors.New("text after the end of the JSON value")
	}
	w.out.Write(text[w.copied:])
	return w.out.String(), nil
}

// jsonRedactor copies a text up to each value that it replaces.
type jsonRedactor struct {
	text   []byte
	d      *json.Decoder
	out    strings.Builder
	copied int
}

// maxDepth bounds the recursion, as the decoder's own limit does.
const maxDepth = 1000

func (w *jsonRedactor) value(depth int) error {
	if depth > maxDepth {
		return errors.New("nested too deep")
	}
	token, err := w.d.Token()
	if err != nil {
		return err
	}
	open, ok := token.(json.Delim)
	if !ok {
		return nil
	}
	for w.d.More() {
		if open == '{' {
			name, err := w.d.Token()
			if err != nil {
				return err
			}
			if isSecretKey(name.(string)) {
				if err := w.replace(); err != nil {
					return err
				}
				continue
			}
		}
		if err := w.value(depth + 1); err != nil {
			return err
		}
	}
	_, err = w.d.Token()
	return err
}

// replace puts the placeholder in the place of the next value, unless it is null or empty text, which tell nothing.
func (w *jsonRedactor) replace() error {
	var raw json.RawMessage
	if err := w.d.Decode(&raw); err != nil {
		return err
	}
	if s := string(raw); s == "null" || s == `""` {
		return nil
	}
	end := int(w.d.InputOffset())
	w.out.Write(w.text[w.copied : end-len(raw)])
	w.out.WriteString(`"` + credentials.Redacted + `"`)
	w.copied = end
	return nil
}
