package gate_test

import (
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"net/url"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/cbscript/cbscript/client/credentials"
	"github.com/cbscript/cbscript/client/gate"
)

func TestRedact(t *testing.T) {
	const (
		plain  = "0123456789abcdefABCDEF0123456789abcdef01"
		odd    = `p<ss "w/rd" +&\`
		double = "ABCDEFGHIJKLMNOPQRSTUVWX/YZ12345678"
	)
	r := gate.NewRedactor(credentials.NewSecret(plain), credentials.NewSecret(odd), credentials.NewSecret(double),
		credentials.NewSecret("short"), credentials.Secret{})
	cases := []struct{ name, in, want string }{
		{"nothing", "no secret here", "no secret here"},
		{"empty", "", ""},
		{"as it is", "token " + plain + ".", "token [redacted]."},
		{"twice", plain + plain, "[redacted][redacted]"},
		{"capitals", strings.ToUpper(plain), "[redacted]"},
		{"hexadecimal", hex.EncodeToString([]byte(plain)), "[redacted]"},
		{"hexadecimal, capitals", strings.ToUpper(hex.EncodeToString([]byte(odd))), "[redacted]"},
		{"query", "a=" + url.QueryEscape(odd) + "&b", "a=[redacted]&b"},
		{"query, small letters", strings.ToLower(url.QueryEscape(double)), "[redacted]"},
		{"path", "/x/" + url.PathEscape(odd) + "/y", "/x/[redacted]/y"},
		{"JSON", `{"p": ` + quote(odd) + `}`, `{"p": "[redacted]"}`},
		{"JSON, slash escaped", `"` + strings.ReplaceAll(double, "/", `\/`) + `"`, `"[redacted]"`},
		{"key and connector", "key " + double + " sent", "key [redacted] sent"},
		{"key alone", "key ABCDEFGHIJKLMNOPQRSTUVWX sent", "key [redacted] sent"},
		{"connector alone", "YZ12345678", "[redacted]"},
		{"short ones stay", "short shorts", "short shorts"},
		{"other text that begins so", plain[:20], plain[:20]},
		{"not UTF-8", "\xff" + plain + "\xc3", "\xff[redacted]\xc3"},
		{"letters of other alphabets", "İ" + plain + "ß", "İ[redacted]ß"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			if diff := cmp.Diff(c.want, r.Redact(c.in)); diff != "" {
				t.Errorf("text (-want +got):\n%s", diff)
			}
			if got, want := r.Contains(c.in), c.in != c.want; got != want {
				t.Errorf("Contains is %v, want %v", got, want)
			}
		})
	}
}

func quote(text string) string {
	out, _ := json.Marshal(text)
	return string(out)
}

// TestRedactBase64 looks for a secret that was encoded together with what stands around it.
func TestRedactBase64(t *testing.T) {
	for _, secret := range []string{"0123456789abcdef", "secret?>~~~~123456", "p\xc3\xa4ssword", "eightchr"} {
		r := gate.NewRedactor(credentials.NewSecret(secret))
		for before := range 7 {
			for after := range 7 {
				text := strings.Repeat("u", before) + secret + strings.Repeat("v", after)
				for _, e := range []*base64.Encoding{base64.StdEncoding, base64.URLEncoding, base64.RawStdEncoding, base64.RawURLEncoding} {
					encoded := e.EncodeToString([]byte(text))
					if clean := r.Redact(encoded); !strings.Contains(clean, credentials.Redacted) || len(clean)-len(credentials.Redacted) > before*2+after*2+8 {
						t.Errorf("%q with %d before and %d after: %s stays %s", secret, before, after, encoded, clean)
					}
				}
			}
		}
	}
}

func TestZeroRedactor(t *testing.T) {
	var none *gate.Redactor
	for _, r := range []*gate.Redactor{none, {}, gate.NewRedactor()} {
		if got := r.Redact("some text"); got != "some text" || r.Contains("some text") {
			t.Errorf("got %q", got)
		}
	}
}

func TestRedactJSON(t *testing.T) {
	cases := []struct{ in, want string }{
		{`{}`, `{}`},
		{`null`, `null`},
		{` [1, "password", true] `, ` [1, "password", true] `},
		{`{"name": "x", "password": "y"}`, `{"name": "x", "password": "[redacted]"}`},
		{`{"auth_token":"a","apiToken":"b","ssl_client_key":"c","passwordHash":"d","passwordSalt":"e"}`,
			`{"auth_token":"[redacted]","apiToken":"[redacted]","ssl_client_key":"[redacted]","passwordHash":"[redacted]","passwordSalt":"[redacted]"}`},
		{`{"X-Auth-Token": 12, "Client_Secret": {"a": [1, {"b": 2}]}, "PASSWD": [1]}`,
			`{"X-Auth-Token": "[redacted]", "Client_Secret": "[redacted]", "PASSWD": "[redacted]"}`},
		{`{"password": null, "token": ""}`, `{"password": null, "token": ""}`},
		{`{"a": [{"b": {"password" : "x" , "c": 1}}, 2]}`, `{"a": [{"b": {"password" : "[redacted]" , "c": 1}}, 2]}`},
		{`{"p\u0061ssword": "x"}`, `{"p\u0061ssword": "[redacted]"}`},
		{`{"n": 1e999, "big": 123456789012345678901234567890}`, `{"n": 1e999, "big": 123456789012345678901234567890}`},
		{`{"key": "k", "cmdline": "net use /user"}`, `{"key": "k", "cmdline": "net use /user"}`},
	}
	for _, c := range cases {
		got, err := gate.RedactJSON([]byte(c.in))
		if err != nil {
			t.Errorf("%s: %v", c.in, err)
		}
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.in, diff)
		}
	}
	for _, in := range []string{"", "{", `{"password": }`, `{"a": 1} x`, `{1: 2}`, "[1,]", `{"password": "x"`, strings.Repeat("[", 5000) + strings.Repeat("]", 5000)} {
		if got, err := gate.RedactJSON([]byte(in)); err == nil {
			t.Errorf("%.20q: got %q, want an error", in, got)
		}
	}
}

// FuzzRedactJSON holds that what comes out is JSON with the same shape, and without the values that must not be shown.
func FuzzRedactJSON(f *testing.F) {
	for _, seed := range []string{`{"password":"hunter2hunter2"}`, `[{"a":{"token":[1,2]}},null]`, `{"a":"\u00e9","secret":{}}`, `"x"`, `{"":0}`} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, in []byte) {
		out, err := gate.RedactJSON(in)
		if err != nil {
			return
		}
		var before, after any
		if json.Unmarshal(in, &before) != nil {
			return // the decoder's tokens are read with less care than its values
		}
		if err := json.Unmarshal([]byte(out), &after); err != nil {
			t.Fatalf("%q became %q: %v", in, out, err)
		}
		if diff := cmp.Diff(masked(before), masked(after)); diff != "" {
			t.Fatalf("%q became %q:\n%s", in, out, diff)
		}
	})
}

// masked replaces what a name says is a credential.
func masked(v any) any {
	switch v := v.(type) {
	case map[string]any:
		out := map[string]any{}
		for name, value := range v {
			small := strings.ToLower(strings.NewReplacer("_", "", "-", "").Replace(name))
			for _, part := range []string{"password", "passwd", "passphrase", "secret", "token", "apikey", "clientkey", "privatekey", "credential"} {
				if strings.Contains(small, part) && value != nil && value != "" {
					value = credentials.Redacted
				}
			}
			out[name] = masked(value)
		}
		return out
	case []any:
		out := []any{}
		for _, value := range v {
			out = append(out, masked(value))
		}
		return out
	}
	return v
}

func BenchmarkRedact(b *testing.B) {
	r := gate.NewRedactor(credentials.NewSecret(token))
	text := strings.Repeat(`{"process_name": "net.exe", "cmdline": "net use \\\\server\\share"},`, 1000)
	b.ReportAllocs()
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		r.Redact(text)
	}
}
