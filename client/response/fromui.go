package response

import (
	"context"
	"net/url"
	"strconv"
	"strings"

	"github.com/cbscript/cbscript/client"
)

// FromUI gives what a link of the web console shows: a *client.Object, a *client.Query, or the client itself for the
// console's front page. A link of another server, or to a page that shows no object, is an [client.APIError].
//
// Source: contract/response.md, section 1; known-bugs.md, row 19.
func FromUI(ctx context.Context, c *client.Client, link string) (any, error) {
	fragment, err := consoleFragment(c, link)
	if err != nil {
		return nil, err
	}
	page, rest, _ := strings.Cut(fragment, "/")
	switch page {
	case "", "login", "dashboard":
		return c, nil
	case "search", "binaries", "alerts", "threats":
		return linkedQuery(c, page, rest, link)
	}
	parts := strings.Split(rest, "/")
	if parts[0] == "" {
		return nil, client.Errorf("the link has no id: %s", link)
	}
	id, err := url.PathUnescape(parts[0])
	if err != nil {
		return nil, client.Errorf("the link's id cannot be read: %w", err)
	}
	switch page {
	case "analyze":
		return linkedProcess(ctx, c, id, parts[1:])
	case "threat-details":
		if len(parts) < 2 {
			return nil, client.Errorf("the link names no report: %s", link)
		}
		report, err := url.PathUnescape(parts[1])
		if err != nil {
			return nil, client.Errorf("the link's report cannot be read: %w", err)
		}
		return selectByName(ctx, c, "ThreatReport", id+":"+report)
	case "investigation":
		return linkedInvestigation(ctx, c, id)
	}
	models := map[string]string{"binary": "Binary", "watchlist": "Watchlist", "host": "Sensor"}
	if model, ok := models[page]; ok {
		return selectByName(ctx, c, model, id)
	}
	return nil, client.Errorf("unknown page of the console, %q, in %s", page, link)
}

// consoleFragment gives what follows the # of a link of this server.
func consoleFragment(c *client.Client, link string) (string, error) {
	u, err := url.Parse(link)
	if err != nil {
		return "", client.Errorf("%q is not a link: %w", link, err)
	}
	server, err := url.Parse(c.URL())
	if err != nil {
		return "", err
	}
	if u.Scheme != server.Scheme || u.Hostname() != server.Hostname() || port(u) != port(server) {
		return "", client.Errorf("invalid URL provided: %s is not a link of %s", link, c.URL())
	}
	return strings.TrimLeft(u.EscapedFragment(), "/"), nil
}

func port(u *url.URL) string {
	if p := u.Port(); p != "" {
		return p
	}
	if u.Scheme == "http" {
		return "80"
	}
	return "443"
}

func selectByName(ctx context.Context, c *client.Client, model string, id any) (any, error) {
	k, err := c.Kind(model)
	if err != nil {
		return nil, err
	}
	return orNone(c.SelectID(ctx, k, id, nil))
}

func linkedProcess(ctx context.Context, c *client.Client, id string, rest []string) (any, error) {
	args := client.Args{}
	if len(rest) > 0 && rest[0] != "" {
		n, err := strconv.ParseInt(rest[0], 10, 64)
		if err != nil || n < 0 {
			return nil, client.Errorf("%q is not the number of a segment", rest[0])
		}
		args["segment"] = n
	}
	k, err := c.Kind("Process")
	if err != nil {
		return nil, err
	}
	return orNone(c.SelectID(ctx, k, id, args))
}

// linkedQuery reads an encoded query. It may hold slashes.
func linkedQuery(c *client.Client, page, encoded, link string) (any, error) {
	models := map[string]string{"search": "Process", "binaries": "Binary", "alerts": "Alert", "threats": "ThreatReport"}
	k, err := c.Kind(models[page])
	if err != nil {
		return nil, err
	}
	values, err := url.ParseQuery(encoded)
	if err != nil {
		return nil, client.Errorf("the link's query cannot be read: %w", err)
	}
	if len(values) == 0 {
		return nil, client.Errorf("the link has no query: %s", link)
	}
	return c.Select(k).Raw(values), nil
}

func linkedInvestigation(ctx context.Context, c *client.Client, id string) (any, error) {
	k, err := c.Kind("Investigation")
	if err != nil {
		return nil, err
	}
	return orNone(c.Select(k).Where("id:" + id).One(ctx))
}
