package response

import (
	"context"
	"net/http"

	"github.com/cbscript/cbscript/client"
	"github.com/cbscript/cbscript/client/liveresponse"
)

// calls are the methods of a Cb Response connection. Source: contract/response.md, section 1.
func calls() []client.Call {
	return []client.Call{
		{Name: "info", Returns: "dict", Doc: "The server's description of itself: version, cblrEnabled and more.",
			Do: func(ctx context.Context, c *client.Client, _ client.Args) (any, error) { return Info(ctx, c) }},
		{Name: "license_request", Returns: "string", Doc: "The block of text with which a licence is asked for; empty when there is none.",
			Do: func(ctx context.Context, c *client.Client, _ client.Args) (any, error) { return LicenseRequest(ctx, c) }},
		{Name: "update_license", Returns: "None", Capability: client.Write, Doc: "Install a licence.",
			Params: []client.Param{{Name: "license", Type: client.Text, Required: true, Doc: "the block of text that was issued"}},
			Do: func(ctx context.Context, c *client.Client, args client.Args) (any, error) {
				return nil, UpdateLicense(ctx, c, args.Text("license"))
			}},
		{Name: "create_new_partition", Returns: "None", Capability: client.Write,
			Doc: "Close the event partition that is written to and begin a new one. Cb Response 6.1 and later.",
			Do: func(ctx context.Context, c *client.Client, _ client.Args) (any, error) {
				return nil, CreateNewPartition(ctx, c)
			}},
		{Name: "live_response", Attribute: true, Returns: "LiveResponse", Doc: "Live Response: sessions with endpoints.",
			Do: func(_ context.Context, c *client.Client, _ client.Args) (any, error) {
				return liveresponse.NewService(c, lr()), nil
			}},
		{Name: "from_ui", Returns: "object", Doc: "What a link of the web console shows: an object, a query, or the connection itself.",
			Params: []client.Param{{Name: "uri", Type: client.Text, Required: true, Doc: "the link, of this very server"}},
			Do: func(ctx context.Context, c *client.Client, args client.Args) (any, error) {
				return FromUI(ctx, c, args.Text("uri"))
			}},
	}
}

const pathNewPartition = pathEvents + "/new_partition"

// callRoutes are the changing requests of the calls.
func callRoutes() []client.Route {
	write := []client.Capability{client.Write}
	return []client.Route{
		{Method: http.MethodPost, Path: pathLicense, Needs: write},
		{Method: http.MethodPost, Path: pathNewPartition, Needs: write},
	}
}

// LicenseRequest gives the block of text with which a licence is asked for, or empty text.
func LicenseRequest(ctx context.Context, c *client.Client) (string, error) {
	license, err := getMap(ctx, c, pathLicense)
	if err != nil {
		return "", err
	}
	return text(license["license_request_block"]), nil
}

// UpdateLicense installs a licence. A server that does not accept it is a [client.ServerError] with its answer.
func UpdateLicense(ctx context.Context, c *client.Client, block string) error {
	resp, err := c.Do(ctx, client.Request{Method: http.MethodPost, Path: pathLicense, Body: map[string]any{"license": block},
		Change: &client.Change{Needs: []client.Capability{client.Write}, Action: "update the licence"}})
	if err != nil || resp.Skipped {
		return err
	}
	answer, err := c.JSON(resp)
	if err != nil {
		return err
	}
	if m, _ := answer.Any().(map[string]any); m["status"] != "success" {
		return &client.ServerError{Status: resp.Status, Method: resp.Method, URI: resp.URI, Message: answer.Text(),
			Result: "Did not install the licence."}
	}
	return nil
}

// CreateNewPartition closes the partition that is written to and begins a new one. It needs Cb Response 6.1.
func CreateNewPartition(ctx context.Context, c *client.Client) error {
	if err := c.Needs(ctx, "create_new_partition", "6.1"); err != nil {
		return err
	}
	_, err := c.Do(ctx, client.Request{Method: http.MethodPost, Path: pathNewPartition, Body: client.NullBody,
		Change: &client.Change{Needs: []client.Capability{client.Write}, Action: "create a new partition"}})
	return err
}
