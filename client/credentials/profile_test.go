package credentials_test

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/cbscript/cbscript/client/credentials"
)

const token = "0123456789abcdef0123456789abcdef01234567"

func TestNew(t *testing.T) {
	cases := []struct {
		product          credentials.Product
		url, token, want string // want is the url, or the error after "error: "
	}{
		{"response", "https://cb.example", token, "https://cb.example"},
		{"response", "https://cb.example///", token, "https://cb.example"},
		{"response", "HTTPS://CB.Example:8443/", token, "https://cb.example:8443"},
		{"response", "https://10.0.0.1", token, "https://10.0.0.1"},
		{"protection", "https://[fd00::1]:443", "19ABCDEF-74EB-4C56-9434-0123456789AB", "https://[fd00::1]:443"},
		{"defense", "https://api.example", "ABCDEFGHIJKLMNOPQRSTUVWX/YZ12345678", "https://api.example"},
		{"response", "", "", "error: url and token not available"},
		{"response", "", token, "error: url not available"},
		{"response", "https://cb", "", "error: token not available"},
		{"response", "http://cb", token, `error: url: "http://cb" does not start with https://: want https://HOST or https://HOST:PORT`},
		{"response", "cb.example", token, `error: url: "cb.example" does not start with https://: want https://HOST or https://HOST:PORT`},
		{"response", "https://", token, `error: url: "https://" is not a URL: want https://HOST or https://HOST:PORT`},
		{"response", "https://:443", token, `error: url: "https://:443" is not a URL: want https://HOST or https://HOST:PORT`},
		{"response", "https://a b", token, `error: url: "https://a b" is not a URL: want https://HOST or https://HOST:PORT`},
		{"response", "https://cb/api", token, `error: url: "https://cb/api" has something after the host: want https://HOST or https://HOST:PORT`},
		{"response", "https://cb?", token, `error: url: "https://cb?" has something after the host: want https://HOST or https://HOST:PORT`},
		{"response", "https://cb/?a=b", token, `error: url: "https://cb/?a=b" has something after the host: want https://HOST or https://HOST:PORT`},
		{"response", "https://cb#", token, `error: url: "https://cb#" has something after the host: want https://HOST or https://HOST:PORT`},
		{"response", "https://cb:", token, `error: url: "https://cb:" has no port of 1 to 65535 after its colon: want https://HOST or https://HOST:PORT`},
		{"response", "https://cb:0", token, `error: url: "https://cb:0" has no port of 1 to 65535 after its colon: want https://HOST or https://HOST:PORT`},
		{"response", "https://cb:65536", token, `error: url: "https://cb:65536" has no port of 1 to 65535 after its colon: want https://HOST or https://HOST:PORT`},
		{"response", "https://me:" + token + "@cb", token,
			"error: url: holds a user name or password, which belong nowhere in it: want https://HOST or https://HOST:PORT"},
		{"response", "https://cb", "abcdefg", "error: token: is shorter than 8 characters: no Cb Response token is"},
		{"response", "https://cb", token + " ; mine", "error: token: holds a space, a line break or a character that is not ASCII"},
		{"response", "https://cb", token + "\nX: y", "error: token: holds a space, a line break or a character that is not ASCII"},
		{"response", "https://cb", "tökentöken", "error: token: holds a space, a line break or a character that is not ASCII"},
		{"defense", "https://cb", "ABCDEFGHIJKLMNOPQRSTUVWX", "error: token: is not of the form APIKEY/CONNECTORID"},
		{"defense", "https://cb", "/YZ12345678", "error: token: is not of the form APIKEY/CONNECTORID"},
		{"defense", "https://cb", "ABCDEFGHIJ/", "error: token: is not of the form APIKEY/CONNECTORID"},
		{"defense", "https://cb", "ABCDEFGHIJ/YZ/1", "error: token: is not of the form APIKEY/CONNECTORID"},
		{"defence", "https://cb", token, `error: unknown product "defence": want response, protection or defense`},
		{"", "https://cb", token, `error: unknown product "": want response, protection or defense`},
	}
	for _, c := range cases {
		t.Run(string(c.product)+" "+c.url, func(t *testing.T) {
			p, err := credentials.New(c.product, c.url, c.token)
			got := p.URL
			if err != nil {
				got = "error: " + err.Error()
				var e *credentials.Error
				if !errors.As(err, &e) || e.Kind() != "CredentialError" {
					t.Errorf("error is a %T", err)
				}
				if strings.Contains(got, token) || len(c.token) > 8 && strings.Contains(got, c.token) {
					t.Error("the error holds the token")
				}
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestNewHasTheDefaults(t *testing.T) {
	got, err := credentials.New(credentials.Response, "https://cb/", token)
	if err != nil {
		t.Fatal(err)
	}
	want := credentials.Profile{Product: "response", URL: "https://cb", Token: credentials.NewSecret(token),
		RabbitMQ: credentials.RabbitMQ{User: "cb", Host: "localhost", Port: 5004}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("profile (-want +got):\n%s", diff)
	}
	origin, err := got.Origin()
	if err != nil || origin.String() != "https://cb" || got.Check() != nil {
		t.Errorf("origin is %v, %v; check is %v", origin, err, got.Check())
	}
}

// TestNothingShowsASecret prints, logs and encodes profiles in every way, also inside other values, and looks for each
// secret of theirs.
func TestNothingShowsASecret(t *testing.T) {
	p := credentials.Profile{
		Name: "prod", File: "/home/me/credentials.response", Product: credentials.Response,
		URL: "https://cb", Token: credentials.NewSecret(token), Proxy: credentials.NewSecret("http://u:proxypassword@p"),
		RabbitMQ: credentials.RabbitMQ{Pass: credentials.NewSecret("rabbitpassword")},
	}
	type hidden struct {
		profile credentials.Profile
		secret  credentials.Secret
		rabbit  credentials.RabbitMQ
	}
	withPassword := p
	withPassword.URL = "https://user:urlpassword@cb"
	faulty, err := credentials.New(credentials.Response, withPassword.URL, token)
	values := map[string]any{
		"not checked": withPassword, "faulty": hidden{profile: faulty}, "fault": err,
		"profile": p, "pointer": &p, "secret": p.Token, "pointer to secret": &p.Token, "bus": p.RabbitMQ,
		"unexported": hidden{p, p.Token, p.RabbitMQ}, "pointer to unexported": &hidden{p, p.Token, p.RabbitMQ},
		"slice": []credentials.Profile{p}, "map": map[string]any{"x": p, "y": p.Token}, "key": map[any]int{&p.Token: 1},
		"error": fmt.Errorf("with %v and %w", p, &credentials.Error{Profile: "prod"}),
	}
	secrets := []string{token, "urlpassword", "proxypassword", "rabbitpassword"}
	for name, v := range values {
		var outputs []string
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d", "%10.3v", "%t"} {
			outputs = append(outputs, fmt.Sprintf(verb, v))
		}
		outputs = append(outputs, fmt.Sprint(v), fmt.Sprintln(v))
		for _, encode := range []func(any) ([]byte, error){json.Marshal, xml.Marshal} {
			if out, err := encode(v); err == nil && name != "not checked" {
				outputs = append(outputs, string(out))
			}
		}
		for _, handler := range []func(*bytes.Buffer) slog.Handler{
			func(b *bytes.Buffer) slog.Handler { return slog.NewTextHandler(b, nil) },
			func(b *bytes.Buffer) slog.Handler { return slog.NewJSONHandler(b, nil) },
		} {
			var b bytes.Buffer
			slog.New(handler(&b)).Info("x", "value", v, slog.Group("g", slog.Any("value", v)))
			outputs = append(outputs, b.String())
		}
		for _, out := range outputs {
			for _, secret := range secrets {
				if strings.Contains(out, secret) || strings.Contains(strings.ToLower(out), fmt.Sprintf("%x", secret)) {
					t.Errorf("%s shows %s: %s", name, secret, out)
				}
			}
		}
	}
}

func TestShownForms(t *testing.T) {
	p := credentials.Profile{Name: "prod", File: "f.ini", Product: credentials.Response, URL: "https://cb",
		Token: credentials.NewSecret(token), SkipHostname: true, CertFile: "/c.pem"}
	if diff := cmp.Diff(`response profile "prod" for https://cb from f.ini`, p.String()); diff != "" {
		t.Errorf("String (-want +got):\n%s", diff)
	}
	out, err := json.Marshal(p)
	if err != nil {
		t.Fatal(err)
	}
	want := `{"product":"response","name":"prod","file":"f.ini","url":"https://cb","token":"[redacted]","ssl_verify":true,"ssl_verify_hostname":false,"ssl_cert_file":"/c.pem"}`
	if diff := cmp.Diff(want, string(out)); diff != "" {
		t.Errorf("JSON (-want +got):\n%s", diff)
	}
	if got := fmt.Sprint(credentials.NewSecret("x"), credentials.Secret{}, "."); got != "[redacted] ." {
		t.Errorf("secrets print as %q", got)
	}
}

func TestSecret(t *testing.T) {
	a, b, empty := credentials.NewSecret("a"), credentials.NewSecret("b"), credentials.NewSecret("")
	if a.Reveal() != "a" || empty.Reveal() != "" || (credentials.Secret{}).Reveal() != "" {
		t.Error("a secret does not keep its text")
	}
	if !a.Equal(credentials.NewSecret("a")) || a.Equal(b) || a.Equal(empty) || !empty.Equal(credentials.Secret{}) {
		t.Error("Equal is wrong")
	}
	if a.IsEmpty() || !empty.IsEmpty() {
		t.Error("IsEmpty is wrong")
	}
}

// TestTokenInTheURL holds that a token which was pasted into the url as well is not repeated.
func TestTokenInTheURL(t *testing.T) {
	const token = "0123456789abcdef0123456789abcdef01234567"
	_, err := credentials.New(credentials.Response, "https://cb.example.com/"+token, token)
	if err == nil || strings.Contains(err.Error(), token) || !strings.Contains(err.Error(), "https://cb.example.com/[redacted]") {
		t.Errorf("got %v, want the url without the token", err)
	}
}
