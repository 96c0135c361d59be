package response_test

import (
	"crypto/md5"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/icholy/digest"

	"github.com/cbscript/cbscript/client"
	"github.com/cbscript/cbscript/client/credentials"
	"github.com/cbscript/cbscript/client/response"
)

// way is a plain client.Server.
type way struct {
	http.RoundTripper
	url string
}

func (w way) URL() *url.URL {
	u, err := url.Parse(w.url)
	if err != nil {
		panic(err)
	}
	return u
}

// login starts a server that asks for HTTP Digest and answers who knows the password.
func login(t *testing.T, password, answer string) way {
	t.Helper()
	const realm, nonce = "CB", "d3b07384"
	hash := func(text string) string { return fmt.Sprintf("%x", md5.Sum([]byte(text))) }
	server := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/api/auth" || r.Method != http.MethodGet || r.Header.Get("X-Auth-Token") != "" {
			t.Errorf("got %s %s with the headers %v", r.Method, r.URL, r.Header)
		}
		got, err := digest.ParseCredentials(r.Header.Get("Authorization"))
		if err != nil {
			w.Header().Set("WWW-Authenticate", fmt.Sprintf(`Digest realm=%q, nonce=%q, qop="auth"`, realm, nonce))
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		want := hash(strings.Join([]string{hash("anna:" + realm + ":" + password), nonce, fmt.Sprintf("%08x", got.Nc), got.Cnonce, "auth",
			hash("GET:/api/auth")}, ":"))
		if got.Username != "anna" || got.Response != want {
			w.Header().Set("WWW-Authenticate", fmt.Sprintf(`Digest realm=%q, nonce=%q, qop="auth"`, realm, nonce))
			http.Error(w, "Not you, with wrong-word", http.StatusUnauthorized)
			return
		}
		fmt.Fprint(w, answer)
	}))
	t.Cleanup(server.Close)
	return way{server.Client().Transport, server.URL}
}

func TestGetAPIToken(t *testing.T) {
	server := login(t, "open sesame", `{"username": "anna", "auth_token": "00112233"}`)
	got, err := response.GetAPIToken(t.Context(), server, "anna", "open sesame")
	if err != nil || got != "00112233" {
		t.Errorf("got %q, error %v, want the token", got, err)
	}
}

func TestGetAPITokenRefused(t *testing.T) {
	server := login(t, "open sesame", `{}`)
	_, err := response.GetAPIToken(t.Context(), server, "anna", "wrong-word")
	var refused *credentials.Error
	if !errors.As(err, &refused) || !strings.Contains(err.Error(), "status 401") || refused.Hint() == "" {
		t.Errorf("a wrong password gives %v, want a *credentials.Error with the status and a hint", err)
	}
	if strings.Contains(err.Error(), "wrong-word") {
		t.Errorf("the error holds the password: %v", err)
	}
	_, err = response.GetAPIToken(t.Context(), login(t, "x", `{"username": "anna"}`), "anna", "x")
	var odd *client.APIError
	if !errors.As(err, &odd) {
		t.Errorf("an answer without a token gives %v, want an APIError", err)
	}
}

func TestGetAPITokenUnreachable(t *testing.T) {
	server := httptest.NewTLSServer(nil)
	server.Close()
	_, err := response.GetAPIToken(t.Context(), way{http.DefaultTransport, server.URL}, "anna", "open sesame")
	var unreachable *client.ConnectionError
	if !errors.As(err, &unreachable) {
		t.Errorf("got %v, want a ConnectionError", err)
	}
	if strings.Contains(fmt.Sprintf("%v %+v", err, err), "sesame") {
		t.Errorf("the error holds the password: %v", err)
	}
}
