// Package response is the Cb Response API: its models as tables, and the calls of its connection.
//
//	cb := response.New(server)
//	for process, err := range cb.Select(response.Process).Where("process_name:net.exe").All(ctx) {
//
// Facts are those of Cb Response 5.0 to 7.x (contract/response.md); what differs between versions is decided by the
// version that the server reports.
package response

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"

	"github.com/cbscript/cbscript/client"
	"github.com/cbscript/cbscript/client/jsondoc"
	"github.com/cbscript/cbscript/client/liveresponse"
)

// Name is the product's name in credential files and modules.
const Name = "response"

// The API's fixed paths. Source: contract/response.md.
const (
	pathInfo       = "/api/info"
	pathLicense    = "/api/license"
	pathPartitions = "/api/v1/storage/events/partition"
)

// oldest is the first version that is supported.
const oldest = "5.0"

// API gives the product's table. Each call makes a table of its own that shares the kinds.
func API() *client.Product {
	return &client.Product{
		Name:  Name,
		Title: "Cb Response",
		Kinds: []*client.Kind{
			Process, Binary, Sensor, SensorGroup, Site, ThrottleRule,
			Watchlist, WatchlistAction, Feed, FeedAction, ThreatReport, Alert, BannedHash,
			User, Team, Investigation, TaggedEvent, IngressFilter, StoragePartition,
		},
		Calls:    calls(),
		Changes:  append(callRoutes(), liveresponse.Response().Routes()...),
		Base:     "/api/",
		Watch:    liveresponse.Response().Watch,
		Receipts: receipts,
		Records:  append(liveresponse.RecordTypes(), append(eventTypes(), NetworkAdapter{}.Describe())...),
		Open:     open,
	}
}

// New makes a client of a Cb Response server. It makes no request.
func New(server client.Server, options ...client.Option) *client.Client {
	return client.New(API(), server, options...)
}

// open learns the server's version, and from 6.0 on whether a partition of an older index is mounted. A token whose
// user may not see partitions gets no error: nothing else depends on them.
//
// Source: contract/transport.md, section 6; known-bugs.md, row 26.
func open(ctx context.Context, c *client.Client) error {
	info, err := Info(ctx, c)
	if err != nil {
		return err
	}
	facts := client.Facts{Info: info}
	facts.Version, _ = info["version"].(string)
	c.Log().DebugContext(ctx, "connected", slog.String("product", "Cb server"), slog.String("version", facts.Version), slog.String("server", c.URL()))
	if client.CompareVersions(facts.Version, oldest) < 0 {
		return client.Errorf("%s runs Cb Response %s: version %s or later is needed", c.URL(), facts.Version, oldest)
	}
	if client.CompareVersions(facts.Version, "6.0") >= 0 {
		if facts.Legacy, err = legacyMounted(ctx, c); err != nil {
			return err
		}
	}
	c.SetFacts(facts)
	return nil
}

func legacyMounted(ctx context.Context, c *client.Client) (bool, error) {
	partitions, err := c.Get(ctx, pathPartitions)
	var refused *client.ServerError
	if errors.As(err, &refused) && refused.Status == http.StatusForbidden {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	byName, _ := partitions.Any().(map[string]any)
	for _, p := range byName {
		partition, _ := p.(map[string]any)
		info, _ := partition["info"].(map[string]any)
		if legacy, _ := info["isLegacy"].(bool); legacy {
			return true, nil
		}
	}
	return false, nil
}

// Info gives the server's description of itself: version, cblrEnabled and its console's settings.
func Info(ctx context.Context, c *client.Client) (map[string]any, error) {
	return getMap(ctx, c, pathInfo)
}

func getMap(ctx context.Context, c *client.Client, path string, query ...client.QueryParam) (map[string]any, error) {
	v, err := c.Get(ctx, path, query...)
	if err != nil {
		return nil, err
	}
	m, ok := v.Any().(map[string]any)
	if !ok {
		return nil, client.Errorf("GET %s%s answered %s where an object was expected", c.URL(), path, v.Kind())
	}
	return m, nil
}

// getList makes a GET request whose answer is a list; status 204 means an empty one.
func getList(ctx context.Context, c *client.Client, path string) ([]any, error) {
	v, err := c.Get(ctx, path)
	if err != nil || v.Kind() == jsondoc.Null {
		return []any{}, err
	}
	list, ok := v.Any().([]any)
	if !ok {
		return nil, client.Errorf("GET %s%s answered %s where a list was expected", c.URL(), path, v.Kind())
	}
	return list, nil
}

// text gives a field that is text as text, and anything else that is there as it prints.
func text(v any) string {
	switch v := v.(type) {
	case nil:
		return ""
	case string:
		return v
	}
	return fmt.Sprint(v)
}
