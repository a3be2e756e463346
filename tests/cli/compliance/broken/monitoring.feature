Feature: How promises are measured, in words that do not hold

  Scenario: The shop's rules measure against the old promise
    Given I have rules defined
    When its name metadata is sla.acme-shop
    Then it must have groups
    And it must have rules
    And it must have expr
    And any of its values must match the "(?s).*99\.9%.*" regex

  Scenario: Nothing may be written
    Given I have rules defined
    Then it must not have groups
