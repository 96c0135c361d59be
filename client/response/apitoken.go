package response

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"

	"github.com/icholy/digest"

	"github.com/cbscript/cbscript/client"
	"github.com/cbscript/cbscript/client/credentials"
)

// maxLogin bounds the answer to a login. A user's description has a few hundred bytes.
const maxLogin = 1 << 20

// GetAPIToken gives the API token of a user of the console, who is known to the server by name and password. It asks
// by HTTP Digest, so that the password itself is not sent. The way to the server must add no token of its own, as
// gate.NewAnonymous makes one; ctx bounds the wait. The server makes no new token: it tells the one that the user has.
//
// A name or password that the server refuses is a [*credentials.Error]; an answer without a token is a
// [client.APIError]. No error holds the password.
//
// Source: contract/response.md, section 1.
func GetAPIToken(ctx context.Context, way client.Server, user, password string) (string, error) {
	uri := way.URL().String() + "/api/auth"
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, uri, nil)
	if err != nil {
		return "", client.Errorf("cannot ask %s for a token: %w", uri, err)
	}
	login := &digest.Transport{Username: user, Password: password, Transport: way, NoReuse: true}
	resp, err := login.RoundTrip(req)
	if err != nil {
		return "", loginFailed(ctx, way, uri, err)
	}
	defer resp.Body.Close()
	// The transport has closed the body of a refusal that came without a challenge.
	body, err := io.ReadAll(io.LimitReader(resp.Body, maxLogin))
	if err != nil && resp.StatusCode == http.StatusOK {
		return "", loginFailed(ctx, way, uri, err)
	}
	if resp.StatusCode != http.StatusOK {
		text := strings.TrimSpace(withoutPassword(string(body), password))
		if text == "" {
			text = http.StatusText(resp.StatusCode)
		}
		return "", &credentials.Error{Product: credentials.Response,
			Message: fmt.Sprintf("%s refused the user name or password (status %d): %s", way.URL(), resp.StatusCode, cutText(text)),
			Advice:  "check both by logging in to the web console; a user of single sign-on has no password here: copy the token from the profile page of the console"}
	}
	var answer struct {
		Token string `json:"auth_token"`
	}
	if err := json.Unmarshal(body, &answer); err != nil || answer.Token == "" {
		return "", &client.APIError{Message: fmt.Sprintf("the answer of %s to a login has no token", way.URL()), Err: err,
			Advice: "check that the url is that of a Cb Response server, and copy the token from the profile page of its console"}
	}
	return answer.Token, nil
}

// loginFailed is the error of a login that got no answer.
func loginFailed(ctx context.Context, way client.Server, uri string, err error) error {
	if ctx.Err() != nil {
		return fmt.Errorf("GET %s: %w", uri, context.Cause(ctx))
	}
	var timeout interface{ Timeout() bool }
	if errors.As(err, &timeout) && timeout.Timeout() {
		return &client.TimeoutError{URI: uri, Message: err.Error(), Err: err}
	}
	return &client.ConnectionError{Server: way.URL().String(), Method: http.MethodGet, URI: uri, Err: err}
}

// withoutPassword takes the password out of what a server said, in case it repeats it.
func withoutPassword(text, password string) string {
	if password == "" {
		return text
	}
	return strings.ReplaceAll(text, password, credentials.Redacted)
}

// cutText is the beginning of a long text.
func cutText(text string) string {
	const most = 200
	if len(text) <= most {
		return text
	}
	return strings.ToValidUTF8(text[:most], "") + "…"
}
