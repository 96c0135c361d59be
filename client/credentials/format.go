package credentials

import (
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"strings"
)

// String tells the product, the name, the server and the file, as a person would ask for them.
func (p Profile) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s profile", p.Product)
	if p.Name != "" {
		fmt.Fprintf(&b, " %q", p.Name)
	}
	if p.URL != "" {
		b.WriteString(" for " + p.shownURL())
	}
	if p.File != "" {
		b.WriteString(" from " + p.File)
	}
	return b.String()
}

// GoString is String: the fields of a profile are not for printing.
func (p Profile) GoString() string { return p.String() }

// Format writes String for every verb and flag.
func (p Profile) Format(f fmt.State, _ rune) { io.WriteString(f, p.String()) }

// MarshalJSON gives what may be known of the profile, with [Redacted] in the place of a token that is there.
func (p Profile) MarshalJSON() ([]byte, error) {
	return json.Marshal(struct {
		Product           Product `json:"product"`
		Name              string  `json:"name"`
		File              string  `json:"file,omitempty"`
		URL               string  `json:"url"`
		Token             Secret  `json:"token"`
		OrgKey            string  `json:"org_key,omitempty"`
		Verify            bool    `json:"ssl_verify"`
		VerifyHostname    bool    `json:"ssl_verify_hostname"`
		CertFile          string  `json:"ssl_cert_file,omitempty"`
		ForceTLS12        bool    `json:"ssl_force_tls_1_2,omitempty"`
		Proxy             Secret  `json:"proxy,omitzero"`
		IgnoreSystemProxy bool    `json:"ignore_system_proxy,omitempty"`
	}{
		p.Product, p.Name, p.File, p.shownURL(), p.Token, p.OrgKey, !p.SkipVerify, !p.SkipHostname, p.CertFile,
		p.ForceTLS12, p.Proxy, p.IgnoreSystemProxy,
	})
}

// LogValue is a group of product, name, url and file.
func (p Profile) LogValue() slog.Value {
	return slog.GroupValue(
		slog.String("product", string(p.Product)), slog.String("name", p.Name),
		slog.String("url", p.shownURL()), slog.String("file", p.File))
}

// shownURL is the url, unless somebody put a password into it: a profile can be printed before it was checked, and
// after the check failed.
func (p Profile) shownURL() string {
	if strings.Contains(p.URL, "@") {
		return Redacted
	}
	return p.URL
}
