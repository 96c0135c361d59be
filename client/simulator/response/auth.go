package response

import (
	"crypto/md5"
	"crypto/subtle"
	"encoding/hex"
	"fmt"
	"net/http"
	"strings"

	"github.com/cbscript/cbscript/client/simulator/route"
)

const realm = "cb"

// auth gives a user's API token to whoever knows the password, by HTTP Digest authentication with MD5 and qop auth,
// as RFC 7616 describes it. A challenge stays good for as long as the server runs.
func (p *Product) auth(c *route.Call) route.Reply {
	scheme, rest, _ := strings.Cut(c.Header.Get("Authorization"), " ")
	if !strings.EqualFold(scheme, "Digest") {
		return p.challenge()
	}
	given := digestFields(rest)
	if !p.issued(given["nonce"]) {
		return p.challenge()
	}
	ha1 := digest(DemoUser, realm, DemoPassword)
	ha2 := digest(c.Method, given["uri"])
	want := digest(ha1, given["nonce"], given["nc"], given["cnonce"], given["qop"], ha2)
	if given["qop"] == "" {
		want = digest(ha1, given["nonce"], ha2)
	}
	if given["username"] != DemoUser || subtle.ConstantTimeCompare([]byte(want), []byte(given["response"])) != 1 {
		return p.challenge()
	}
	return route.JSON(map[string]any{
		"username": DemoUser, "first_name": "Demo", "last_name": "Analyst", "email": "analyst@brightwater.example",
		"global_admin": true, "teams": []any{}, "auth_token": p.opts.Token,
	})
}

func (p *Product) challenge() route.Reply {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.nonces++
	r := route.Unauthorized()
	r.Header = http.Header{"Www-Authenticate": {
		`Digest realm="` + realm + `", nonce="` + nonce(p.nonces) + `", algorithm=MD5, qop="auth", opaque="cb"`,
	}}
	return r
}

// issued reports whether the server gave that challenge.
func (p *Product) issued(text string) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	var n uint64
	if _, err := fmt.Sscanf(text, "%016x", &n); err != nil {
		return false
	}
	return n > 0 && n <= p.nonces && nonce(n) == text
}

func nonce(n uint64) string { return fmt.Sprintf("%016x", n) + digest("simulated", fmt.Sprint(n))[:16] }

func digest(parts ...string) string {
	sum := md5.Sum([]byte(strings.Join(parts, ":")))
	return hex.EncodeToString(sum[:])
}

// digestFields reads name=value pairs with commas between, values with or without quotation marks.
func digestFields(text string) map[string]string {
	fields := make(map[string]string)
	for text != "" {
		name, rest, found := strings.Cut(strings.TrimLeft(text, ", "), "=")
		if !found {
			break
		}
		var value string
		if quoted, ok := strings.CutPrefix(rest, `"`); ok {
			value, text, _ = strings.Cut(quoted, `"`)
		} else {
			value, text, _ = strings.Cut(rest, ",")
		}
		fields[strings.ToLower(strings.TrimSpace(name))] = strings.TrimSpace(value)
	}
	return fields
}
