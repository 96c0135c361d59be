package credentials

import (
	"fmt"
	"net/url"
	"strconv"
	"strings"
)

// Profile says where a server is, how it is trusted, and with which token it is asked. The zero value of every field
// but Product, URL and Token is the safe default. It never prints a secret, in whatever way it is printed or encoded.
//
// Source: contract/transport.md, section 1.
type Profile struct {
	Name    string  // section name; empty for a profile made in code
	File    string  // the file that it came from; empty for a profile made in code
	Product Product //
	URL     string  // "https://HOST" or "https://HOST:PORT", nothing after it
	Token   Secret  // for Defense APIKEY/CONNECTORID
	OrgKey  string  // organisation of a Defense cloud account

	SkipVerify        bool   // ssl_verify = false: any certificate will do
	SkipHostname      bool   // ssl_verify_hostname = false: the certificate need not name the host
	CertFile          string // ssl_cert_file: PEM file to trust instead of the system's store
	ForceTLS12        bool   // ssl_force_tls_1_2: nothing older, which holds here in any case
	Proxy             Secret // URL of a proxy; secret since it may hold a password
	IgnoreSystemProxy bool   // no proxy at all, not even Proxy

	RabbitMQ RabbitMQ // event bus, Response only
}

// RabbitMQ says where the event bus is. Source: contract/transport.md, section 1.
type RabbitMQ struct {
	User string // default "cb"
	Pass Secret // empty when none was given
	Host string // default "localhost"
	Port int    // default 5004
}

// minToken is the length below which a text is too short to be kept out of messages without mangling them.
const minToken = 8

// New makes a profile of what is given in code, with the defaults for everything else. The url and the token are
// checked as those in a file are; a failure is an [*Error].
func New(product Product, url, token string) (Profile, error) {
	p := Profile{Product: product, URL: url, Token: NewSecret(token), RabbitMQ: defaultRabbitMQ()}
	err := p.normalise()
	return p, err
}

func defaultRabbitMQ() RabbitMQ { return RabbitMQ{User: "cb", Host: "localhost", Port: 5004} }

// Check reports what makes the profile unusable, as an [*Error]: no url or token, an url that is not https, a token
// that cannot be sent.
func (p Profile) Check() error { return p.normalise() }

// Origin is the url as a scheme, host and port, without a path. It fails with an [*Error] for what is none.
func (p Profile) Origin() (*url.URL, error) {
	text, reason := parseOrigin(p.URL)
	if reason != "" {
		return nil, p.fault("url", p.withoutToken(reason))
	}
	return url.Parse(text)
}

// normalise brings the URL to its one form and checks it and the token.
func (p *Profile) normalise() error {
	if err := p.Product.check(); err != nil {
		return err
	}
	if p.URL == "" || p.Token.IsEmpty() {
		missing := "url"
		switch {
		case p.URL == "" && p.Token.IsEmpty():
			missing = "url and token"
		case p.Token.IsEmpty():
			missing = "token"
		}
		e := p.fault("", fmt.Sprintf("%s not available", missing))
		e.Advice = "a profile needs url = https://SERVER and token = TOKEN; `cbscript configure` writes them"
		return e
	}
	u, reason := parseOrigin(p.URL)
	if reason != "" {
		p.URL = p.shownURL()
		return p.fault("url", p.withoutToken(reason))
	}
	p.URL = u
	return p.checkToken()
}

// parseOrigin gives the https origin that text names, or why it names none. The reason quotes text only when it
// holds no password.
func parseOrigin(text string) (origin, reason string) {
	const form = "want https://HOST or https://HOST:PORT"
	quoted := strconv.Quote(text)
	if strings.Contains(text, "@") {
		return "", "holds a user name or password, which belong nowhere in it: " + form
	}
	if !strings.HasPrefix(strings.ToLower(text), "https://") {
		return "", quoted + " does not start with https://: " + form
	}
	u, err := url.Parse(strings.TrimRight(text, "/"))
	if err != nil || u.Hostname() == "" {
		return "", quoted + " is not a URL: " + form
	}
	if u.Path != "" || u.RawQuery != "" || u.ForceQuery || u.Fragment != "" || strings.Contains(text, "#") {
		return "", quoted + " has something after the host: " + form
	}
	if port := u.Port(); port != "" || strings.HasSuffix(u.Host, ":") {
		if n, err := strconv.Atoi(port); err != nil || n < 1 || n > 65535 {
			return "", quoted + " has no port of 1 to 65535 after its colon: " + form
		}
	}
	return "https://" + strings.ToLower(u.Host), ""
}

// withoutToken is a text that quotes another value, in case that the token was written there by mistake.
func (p *Profile) withoutToken(text string) string {
	token := p.Token.Reveal()
	if len(token) < minToken {
		return text
	}
	return strings.ReplaceAll(text, token, Redacted)
}

// checkToken refuses a token that could not be a header, that has not its product's shape, or that is too short to be
// kept out of messages. The reason never quotes it.
func (p *Profile) checkToken() error {
	token := p.Token.Reveal()
	for _, c := range []byte(token) {
		if c <= ' ' || c > '~' {
			e := p.fault("token", "holds a space, a line break or a character that is not ASCII")
			e.Advice = "a token stands alone on its line, without quotes or a comment after it; the next line must not be indented"
			return e
		}
	}
	if len(token) < minToken {
		return p.fault("token", fmt.Sprintf("is shorter than %d characters: no %s token is", minToken, p.Product.Title()))
	}
	if p.Product == Defense {
		key, connector, ok := strings.Cut(token, "/")
		if !ok || key == "" || connector == "" || strings.Contains(connector, "/") {
			e := p.fault("token", "is not of the form APIKEY/CONNECTORID")
			e.Advice = "the Cb Defense console shows the API key and the connector id under Settings, Connectors"
			return e
		}
	}
	return nil
}

// fault makes an error about this profile.
func (p *Profile) fault(key, message string) *Error {
	return &Error{Product: p.Product, Profile: p.Name, File: p.File, Key: key, Message: message}
}
