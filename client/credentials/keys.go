package credentials

import (
	"errors"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/cbscript/cbscript/client/nearest"
)

// key describes one key of a profile: how its text is taken, and how it is written back.
type key struct {
	name string
	set  func(p *Profile, text string) error
	get  func(p *Profile) string
	// required keys are written even when they have their default.
	required bool
}

// keys is the table of all keys that a profile has, in the order in which they are written.
// Source: contract/transport.md, section 1; field-notes.md, A.4 for org_key.
func keys() []key {
	d := defaultRabbitMQ()
	return []key{
		{name: "url", required: true,
			set: func(p *Profile, v string) error { p.URL = v; return nil },
			get: func(p *Profile) string { return p.URL }},
		secretKey("token", func(p *Profile) *Secret { return &p.Token }, true),
		boolKey("ssl_verify", func(p *Profile) *bool { return &p.SkipVerify }, true, true),
		boolKey("ssl_verify_hostname", func(p *Profile) *bool { return &p.SkipHostname }, true, false),
		textKey("ssl_cert_file", "", func(p *Profile) *string { return &p.CertFile }),
		boolKey("ssl_force_tls_1_2", func(p *Profile) *bool { return &p.ForceTLS12 }, false, false),
		secretKey("proxy", func(p *Profile) *Secret { return &p.Proxy }, false),
		boolKey("ignore_system_proxy", func(p *Profile) *bool { return &p.IgnoreSystemProxy }, false, false),
		textKey("org_key", "", func(p *Profile) *string { return &p.OrgKey }),
		textKey("rabbitmq_user", d.User, func(p *Profile) *string { return &p.RabbitMQ.User }),
		secretKey("rabbitmq_pass", func(p *Profile) *Secret { return &p.RabbitMQ.Pass }, false),
		textKey("rabbitmq_host", d.Host, func(p *Profile) *string { return &p.RabbitMQ.Host }),
		portKey("rabbitmq_port", d.Port, func(p *Profile) *int { return &p.RabbitMQ.Port }),
	}
}

// textKey is a key whose text is taken as it is; an empty one means the default.
func textKey(name, otherwise string, field func(*Profile) *string) key {
	return key{name: name,
		set: func(p *Profile, v string) error {
			if v == "" {
				v = otherwise
			}
			*field(p) = v
			return nil
		},
		get: func(p *Profile) string { return *field(p) },
	}
}

func secretKey(name string, field func(*Profile) *Secret, required bool) key {
	return key{name: name, required: required,
		set: func(p *Profile, v string) error { *field(p) = NewSecret(v); return nil },
		get: func(p *Profile) string { return field(p).Reveal() },
	}
}

// boolKey is a yes-or-no key. With negated, the profile's field holds the opposite of what the file says.
func boolKey(name string, field func(*Profile) *bool, negated, required bool) key {
	return key{name: name, required: required,
		set: func(p *Profile, v string) error {
			yes, err := parseBool(v)
			if err == nil {
				*field(p) = yes != negated
			}
			return err
		},
		get: func(p *Profile) string { return strconv.FormatBool(*field(p) != negated) },
	}
}

// parseBool knows the spellings of the reference client; any other would there be taken as yes.
func parseBool(text string) (bool, error) {
	switch strings.ToLower(text) {
	case "1", "yes", "true", "on":
		return true, nil
	case "0", "no", "false", "off":
		return false, nil
	}
	return false, fmt.Errorf("unknown value %q: want true, yes, on, 1 or false, no, off, 0", text)
}

func portKey(name string, otherwise int, field func(*Profile) *int) key {
	return key{name: name,
		set: func(p *Profile, v string) error {
			n := otherwise
			if v != "" {
				var err error
				if n, err = strconv.Atoi(v); err != nil || n < 1 || n > 65535 {
					return fmt.Errorf("unknown value %q: want a port of 1 to 65535", v)
				}
			}
			*field(p) = n
			return nil
		},
		get: func(p *Profile) string { return strconv.Itoa(*field(p)) },
	}
}

// profile makes a profile of a section. It reports keys that it does not know, and values without effect, to warn.
func (s section) profile(product Product, file, workDir string, warn func(Warning)) (Profile, error) {
	p := Profile{Name: s.name, File: file, Product: product, RabbitMQ: defaultRabbitMQ()}
	var known []string
	for _, k := range keys() {
		known = append(known, k.name)
		v, ok := s.values[k.name]
		if !ok {
			continue
		}
		err := k.set(&p, v.text)
		if strings.Contains(v.text, "\n") {
			err = errors.New("goes on over the next line, which is indented")
		}
		if err != nil {
			return p, &Error{Product: product, Profile: s.name, File: file, Line: v.line, Key: k.name, Message: err.Error()}
		}
	}
	if p.CertFile != "" && !filepath.IsAbs(p.CertFile) {
		p.CertFile = filepath.Join(workDir, p.CertFile)
	}
	for _, name := range slices.Sorted(maps.Keys(s.values)) {
		if slices.Contains(known, name) {
			continue
		}
		w := Warning{File: file, Line: s.values[name].line, Profile: s.name, Key: shownKey(name), Message: "unknown key, ignored"}
		if near := nearest.Name(name, known); near != "" {
			w.Message += fmt.Sprintf(": did you mean %q?", near)
		}
		warn(w)
	}
	if p.SkipVerify && p.CertFile != "" {
		warn(Warning{File: file, Profile: s.name, Key: "ssl_cert_file", Message: "has no effect while ssl_verify is off"})
	}
	return p, p.normalise()
}

// shownKey cuts a key that is too long to be one: a line with a token on it that lost its key may hold a separator.
func shownKey(name string) string {
	if len(name) > maxKey {
		return Redacted
	}
	return name
}

// maxKey is longer than every known key, and shorter than every token.
const maxKey = 19
