package protection

import "github.com/cbscript/cbscript/client"

// Source: contract/fields/protection/user.json. What a user logs in with can be set and not read.
var userFields = []client.Field{
	{Name: "id", Type: client.Int, ReadOnly: true, Doc: "number of the user"},
	{Name: "name", Type: client.Text, Required: true, Doc: "name to log in with"},
	{Name: "userGroupIds", Type: client.Text, Doc: "numbers of their groups, separated by commas"},
	{Name: "eMailAddress", Type: client.Text, Doc: "e-mail address"},
	{Name: "firstName", Type: client.Text, Doc: "first name"},
	{Name: "lastName", Type: client.Text, Doc: "last name"},
	{Name: "title", Type: client.Text, Doc: "title"},
	{Name: "salutation", Type: client.Text, Doc: "how they are addressed"},
	{Name: "department", Type: client.Text, Doc: "department"},
	{Name: "homePhone", Type: client.Text, Doc: "telephone at home"},
	{Name: "cellPhone", Type: client.Text, Doc: "mobile telephone"},
	{Name: "backupCellPhone", Type: client.Text, Doc: "another mobile telephone"},
	{Name: "pager", Type: client.Text, Doc: "pager"},
	{Name: "backupPager", Type: client.Text, Doc: "another pager"},
	{Name: "comments", Type: client.Text, Doc: "comments"},
	{Name: "adminComments", Type: client.Text, Doc: "comments of the administrators"},
	{Name: "registrationDate", Type: client.Time, Doc: "when they were added"},
	{Name: "readOnly", Type: client.Bool, Doc: "whether they cannot be changed"},
	{Name: "external", Type: client.Bool, Doc: "whether they come from a directory"},
	{Name: "automatic", Type: client.Bool, Doc: "whether their groups follow from the directory"},
	{Name: "unified", Type: client.Bool, Doc: "whether they were shared by another server"},
	{Name: "enabled", Type: client.Bool, Doc: "whether they may log in"},
	{Name: "passwordHash", Type: client.Text, Secret: true, Doc: "hash of the password"},
	{Name: "passwordSalt", Type: client.Text, Secret: true, Doc: "salt of that hash"},
	{Name: "apiToken", Type: client.Text, Secret: true, Doc: "API token"},
}

// Source: contract/fields/protection/userGroup.json.
var userGroupFields = []client.Field{
	{Name: "id", Type: client.Int, ReadOnly: true, Doc: "number of the group"},
	{Name: "name", Type: client.Text, Required: true, Doc: "name of the group"},
	{Name: "description", Type: client.Text, Doc: "what it is for"},
	{Name: "permissions", Type: client.Text, Doc: "what its users may do: bits in hexadecimal digits"},
	{Name: "policyIds", Type: client.Text, Doc: "numbers of the policies that they may do it for, separated by commas; empty means all"},
	{Name: "enabled", Type: client.Bool, Doc: "whether it counts"},
	{Name: "editable", Type: client.Bool, Doc: "whether it can be changed"},
	{Name: "dateCreated", Type: client.Time, Doc: "when it was made"},
	{Name: "createdByUserId", Type: client.Int, Doc: "number of the user who made it"},
	{Name: "createdBy", Type: client.Text, Doc: "who made it"},
	{Name: "dateModified", Type: client.Time, Doc: "when it was last changed"},
	{Name: "modifiedByUserId", Type: client.Int, Doc: "number of the user who changed it"},
	{Name: "modifiedBy", Type: client.Text, Doc: "who changed it"},
	{Name: "automaticCount", Type: client.Int, Doc: "number of users who are in it by the directory"},
	{Name: "manualCount", Type: client.Int, Doc: "number of users who were put in it"},
}
