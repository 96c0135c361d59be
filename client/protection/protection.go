// Package protection is the Cb Protection API: its models as tables, and the calls of its connection.
//
//	cb := protection.New(server)
//	for computer, err := range cb.Select(protection.Computer).Where("policyName:Default*").All(ctx) {
//
// The server keeps a catalog of every file that its agents have met ([FileCatalog]), where each of them is
// ([FileInstance], [Computer]), and rules about what may run ([FileRule], [Publisher], [Policy] and others). Its
// models are those of version 8.0; which of them older servers lack is in the tables.
//
// Nothing of this product was recorded from a server: facts are those of contract/protection.md, which was written from
// the reference client, and, for the fields of models that it has no table for, of the vendor's public reference of
// the API.
package protection

import (
	"context"
	"fmt"
	"log/slog"

	"github.com/cbscript/cbscript/client"
)

// Name is the product's name in credential files and modules.
const Name = "protection"

// base is where the API is. Source: contract/protection.md.
const base = "/api/bit9platform/v1/"

// versionSetting is the setting that holds the server's version.
const versionSetting = "ParityServerVersion"

// since80 is the first version with the models that came with it. Source: contract/query.md, section 5.
const since80 = "8.0"

// API gives the product's table. Each call makes a table of its own that shares the kinds.
func API() *client.Product {
	return &client.Product{
		Name:  Name,
		Title: "Cb Protection",
		Base:  base,
		Kinds: []*client.Kind{
			Computer, FileInstance, FileCatalog, FileInstanceDeleted, FileInstanceGroup,
			FileRule, ScriptRule, TrustedDirectory, TrustedUser, Updater,
			Publisher, PublisherCertificate, Certificate, Policy, EnforcementLevel,
			Connector, PendingAnalysis, FileAnalysis, FileUpload, Notification, ApprovalRequest,
			Event, InternalEvent, MeteredExecution, DriftReport, DriftReportContents,
			User, UserGroup, GrantedUserPolicyPermission, ServerConfig, ServerPerformance, Notifier,
		},
		Calls: []client.Call{
			{Name: "info", Returns: "dict", Attribute: true, Doc: "The server's settings, name -> value; ParityServerVersion is its version.",
				Do: func(ctx context.Context, c *client.Client, _ client.Args) (any, error) { return Info(ctx, c) }},
		},
		Receipts: receipts,
		Open:     open,
	}
}

// New makes a client of a Cb Protection server. It makes no request.
func New(server client.Server, options ...client.Option) *client.Client {
	return client.New(API(), server, options...)
}

// open learns the server's settings, its version among them.
//
// Source: contract/transport.md, section 6.
func open(ctx context.Context, c *client.Client) error {
	path := base + "serverConfig"
	v, err := c.Get(ctx, path)
	if err != nil {
		return err
	}
	rows, ok := v.Any().([]any)
	if !ok {
		return client.Errorf("GET %s%s answered %s where a list was expected: is it a Cb Protection server?", c.URL(), path, v.Kind())
	}
	facts := client.Facts{Info: make(map[string]any, len(rows))}
	for _, row := range rows {
		if setting, ok := row.(map[string]any); ok && setting["name"] != nil {
			facts.Info[fmt.Sprint(setting["name"])] = setting["value"]
		}
	}
	facts.Version, _ = facts.Info[versionSetting].(string)
	if facts.Version == "" {
		return client.Errorf("GET %s%s did not tell the server's version: it has no %s", c.URL(), path, versionSetting)
	}
	c.Log().DebugContext(ctx, "connected", slog.String("product", "Cb server"), slog.String("version", facts.Version), slog.String("server", c.URL()))
	c.SetFacts(facts)
	return nil
}

// Info gives the server's settings by name, as they were when the connection was made. ParityServerVersion is its
// version. The map is the caller's.
func Info(ctx context.Context, c *client.Client) (map[string]any, error) {
	facts, err := c.Facts(ctx)
	if err != nil {
		return nil, err
	}
	settings := make(map[string]any, len(facts.Info))
	for name, value := range facts.Info {
		settings[name] = value
	}
	return settings, nil
}
