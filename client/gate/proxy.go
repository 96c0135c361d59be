package gate

import (
	"net"
	"net/netip"
	"net/url"
	"strings"

	"github.com/cbscript/cbscript/client/credentials"
)

// findProxy is the proxy through which the server is reached, or nil: none with ignore_system_proxy, else the
// profile's, else the environment's. Source: contract/transport.md, section 3.
func findProxy(p credentials.Profile, server *url.URL, getenv func(string) string) (*url.URL, error) {
	if p.IgnoreSystemProxy {
		return nil, nil
	}
	if text := p.Proxy.Reveal(); text != "" {
		u, reason := parseProxy(text)
		if reason != "" {
			return nil, &credentials.Error{Product: p.Product, Profile: p.Name, File: p.File, Key: "proxy", Message: reason}
		}
		return u, nil
	}
	env := func(name string) string {
		if v := getenv(strings.ToLower(name)); v != "" {
			return v
		}
		return getenv(name)
	}
	for _, name := range []string{"HTTPS_PROXY", "ALL_PROXY"} {
		text := env(name)
		if text == "" {
			continue
		}
		if isLocal(server.Hostname()) || isExcluded(server, env("NO_PROXY")) {
			return nil, nil
		}
		u, reason := parseProxy(text)
		if reason != "" {
			return nil, &credentials.Error{Product: p.Product, Profile: p.Name, Message: "environment variable " + name + " " + reason,
				Advice: "ignore_system_proxy = true in the profile goes without a proxy"}
		}
		return u, nil
	}
	return nil, nil
}

// parseProxy gives the proxy that text names, or why it names none. The reason does not quote it: it may hold a
// password.
func parseProxy(text string) (*url.URL, string) {
	const form = "is not the URL of a proxy: want http://HOST:PORT, https://HOST:PORT or socks5://HOST:PORT, with USER:PASSWORD@ before the host if it asks for them"
	if !strings.Contains(text, "://") {
		text = "http://" + text
	}
	u, err := url.Parse(text)
	if err != nil || u.Hostname() == "" || strings.Trim(u.Path, "/") != "" {
		return nil, form
	}
	switch u.Scheme {
	case "http", "https", "socks5", "socks5h":
		return &url.URL{Scheme: u.Scheme, User: u.User, Host: u.Host}, ""
	}
	return nil, form
}

// isLocal reports a host that is this machine.
func isLocal(host string) bool {
	ip, err := netip.ParseAddr(host)
	return host == "localhost" || err == nil && ip.IsLoopback()
}

// isExcluded reports whether NO_PROXY names the server: *, a host name or the end of one, an address, or a network,
// each but the last with a port if wanted.
func isExcluded(server *url.URL, list string) bool {
	host := strings.ToLower(server.Hostname())
	ip, ipErr := netip.ParseAddr(host)
	for entry := range strings.SplitSeq(list, ",") {
		entry = strings.ToLower(strings.TrimSpace(entry))
		if entry == "*" {
			return true
		}
		if network, err := netip.ParsePrefix(entry); err == nil {
			if ipErr == nil && network.Contains(ip.Unmap()) {
				return true
			}
			continue
		}
		name := entry
		if h, port, err := net.SplitHostPort(entry); err == nil {
			if port != portOf(server) {
				continue
			}
			name = h
		}
		if excluded, err := netip.ParseAddr(strings.Trim(name, "[]")); err == nil {
			if ipErr == nil && excluded.Unmap() == ip.Unmap() {
				return true
			}
			continue
		}
		name = strings.TrimPrefix(strings.TrimPrefix(name, "*"), ".")
		if name != "" && ipErr != nil && (host == name || strings.HasSuffix(host, "."+name)) {
			return true
		}
	}
	return false
}
