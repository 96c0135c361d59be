package response

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"github.com/cbscript/cbscript/client"
)

// banCautions speak against the ban of a file that an operating system is made of, or that endpoints use widely.
func banCautions(ctx context.Context, c *client.Client, change client.Change) ([]client.Caution, error) {
	enabled, changed := change.After["enabled"]
	isNew := change.ID == ""
	if change.Method == http.MethodDelete || changed && enabled != true || !changed && !isNew {
		return nil, nil // it lifts a ban, or leaves it as it is
	}
	md5 := change.ID
	if isNew {
		md5 = text(change.After["md5hash"])
	}
	kind, err := c.Kind("Binary")
	if err != nil {
		return nil, err
	}
	binary, err := c.SelectID(ctx, kind, md5, nil)
	if err != nil {
		return nil, err
	}
	hosts, err := binary.Get(ctx, "host_count")
	var unknown *client.ObjectNotFoundError
	if errors.As(err, &unknown) {
		return nil, nil // no endpoint has shown the file to the server
	}
	if err != nil {
		return nil, err
	}
	count, _ := wholeNumber(hosts)
	seen := client.Caution{Reason: fmt.Sprintf("the file %s was seen on %d endpoints", md5, count), Hosts: int(count)}
	maker, err := systemMaker(ctx, binary)
	if err != nil || maker == "" {
		return []client.Caution{seen}, err
	}
	return []client.Caution{seen, {Reason: fmt.Sprintf("the file %s is part of an operating system, signed by %s", md5, maker), Hosts: int(count), Always: true}}, nil
}

// systemMaker gives who signed a file that is part of an operating system, or empty text.
func systemMaker(ctx context.Context, binary *client.Object) (string, error) {
	values := map[string]string{}
	for _, name := range []string{"digsig_result", "digsig_publisher", "digsig_subject", "product_name", "os_type"} {
		v, _, err := binary.Value(ctx, name)
		if err != nil {
			return "", err
		}
		values[name] = text(v)
	}
	publisher := values["digsig_publisher"]
	signer := strings.ToLower(publisher + " " + values["digsig_subject"])
	switch {
	case values["digsig_result"] != "Signed":
		return "", nil
	case strings.Contains(signer, "microsoft windows"),
		strings.Contains(signer, "microsoft corporation") && strings.Contains(strings.ToLower(values["product_name"]), "operating system"):
		return publisher, nil
	case values["os_type"] == "OSX" && (strings.HasPrefix(signer, "apple") || strings.Contains(signer, "software signing")):
		return publisher, nil
	}
	return "", nil
}

// isolationCautions speak against cutting off the Cb Response server itself, which then could not let it back on.
func isolationCautions(ctx context.Context, c *client.Client, change client.Change) ([]client.Caution, error) {
	if change.After["network_isolation_enabled"] != true {
		return nil, nil
	}
	server, err := url.Parse(c.URL())
	if err != nil {
		return nil, client.Errorf("cannot read the url %s: %w", c.URL(), err)
	}
	sensor, err := c.SelectID(ctx, change.Kind, change.ID, nil)
	if err != nil {
		return nil, err
	}
	var names []string
	for _, name := range []string{"computer_name", "computer_dns_name"} {
		v, _, err := sensor.Value(ctx, name)
		if err != nil {
			return nil, err
		}
		names = append(names, text(v))
	}
	v, _, err := sensor.Value(ctx, "network_adapters")
	if err != nil {
		return nil, err
	}
	for pair := range strings.SplitSeq(text(v), "|") {
		address, _, _ := strings.Cut(pair, ",")
		names = append(names, address)
	}
	if !isHost(server.Hostname(), names) {
		return nil, nil
	}
	return []client.Caution{{Reason: fmt.Sprintf("sensor %s is on %s, the server itself: cut off, it can reach no sensor, and nobody can reach it", change.ID, server.Hostname()),
		Hosts: 1, Always: true}}, nil
}

// isHost reports whether a host of a URL is meant by one of names: the same name, the first part of it, or an address.
func isHost(host string, names []string) bool {
	short, _, _ := strings.Cut(host, ".")
	for _, name := range names {
		name = strings.TrimSpace(name)
		if name != "" && (strings.EqualFold(name, host) || strings.EqualFold(name, short) && !strings.ContainsAny(host, ":") && strings.Trim(short, "0123456789") != "") {
			return true
		}
	}
	return false
}
